//! Tokens in the operating system's keychain: Keychain, Credential Manager, Secret Service.

use engine::{Code, Error, Result, ports::Secrets};
use keyring::Entry;
use secrecy::{ExposeSecret, SecretString};

use crate::redaction;

/// What the keychain's own window lists our entries under.
const SERVICE: &str = "Muster";

/// The keychain of this account. Calls block, and may wait for the person to unlock it.
#[derive(Debug, Clone, Copy)]
pub struct Keychain;

impl Keychain {
    /// Whether there is one that answers.
    pub fn answers() -> bool {
        Keychain.find("connection-0").is_ok()
    }
}

impl Secrets for Keychain {
    fn keep(&self, key: &str, token: &SecretString) -> Result<()> {
        redaction::learn(token);
        let entry = Entry::new(SERVICE, key).map_err(unavailable)?;
        entry
            .set_password(token.expose_secret())
            .map_err(unavailable)?;
        let kept = entry.get_password().map(SecretString::from);
        match kept {
            Ok(kept) if kept.expose_secret() == token.expose_secret() => Ok(()),
            Ok(_) => Err(Error::new(
                Code::NoKeychain,
                "The keychain took the token but gave back another one. Keep the token for this session only, or look at the keychain's entry named Muster.",
            )),
            Err(error) => Err(unavailable(error)),
        }
    }

    fn find(&self, key: &str) -> Result<Option<SecretString>> {
        let entry = Entry::new(SERVICE, key).map_err(unavailable)?;
        match entry.get_password() {
            Ok(token) => {
                let token = SecretString::from(token);
                redaction::learn(&token);
                Ok(Some(token))
            }
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    fn forget(&self, key: &str) -> Result<()> {
        let entry = Entry::new(SERVICE, key).map_err(unavailable)?;
        match entry.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }
}

/// Only variants whose text can't hold a secret are spelled out.
fn unavailable(error: keyring::Error) -> Error {
    let why = match &error {
        keyring::Error::PlatformFailure(_)
        | keyring::Error::NoStorageAccess(_)
        | keyring::Error::NotSupportedByStore(_)
        | keyring::Error::TooLong(..) => error.to_string(),
        keyring::Error::NoDefaultStore => match Entry::store_status() {
            Err(
                keyring::Error::PlatformFailure(source) | keyring::Error::NoStorageAccess(source),
            ) => source.to_string(),
            _ => "there is none on this machine".to_owned(),
        },
        _ => "its entry is damaged".to_owned(),
    };
    let message = match error {
        keyring::Error::NoStorageAccess(_) => {
            "The keychain is locked or refused. Unlock it and try again, or keep the token for this session only."
        }
        _ => {
            "No keychain answers on this machine, so the token can't be kept there. Keep it for this session only, or start a keychain (on Linux: GNOME Keyring or KWallet) and try again."
        }
    };
    Error::new(Code::NoKeychain, message).with_detail(why)
}

/// For a process that is told to leave the keychain alone.
#[derive(Debug, Clone, Copy)]
pub struct NoKeychain;

impl Secrets for NoKeychain {
    fn keep(&self, _key: &str, _token: &SecretString) -> Result<()> {
        Err(Error::new(
            Code::NoKeychain,
            "The keychain is switched off, so the token was not kept. Keep it for this session only.",
        ))
    }

    fn find(&self, _key: &str) -> Result<Option<SecretString>> {
        Ok(None)
    }

    fn forget(&self, _key: &str) -> Result<()> {
        Err(Error::new(
            Code::NoKeychain,
            "The token of this connection is in the keychain, which is switched off here, so it would stay behind and nothing was changed. Do this again without --no-keychain.",
        ))
    }
}
