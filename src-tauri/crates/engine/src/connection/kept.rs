//! Connections as kept: made, changed, re-keyed and forgotten, and the client each one speaks through.

use std::sync::Arc;

use scim::{Client, Endpoint, Options, Timeouts, dialect::Clearing};
use secrecy::{ExposeSecret, SecretString};
use store::{NewConnection as StoredNew, StoredConnection, Writer};

use super::{
    Capabilities, Connection, ConnectionChange, NewConnection, Policy, TokenPlace,
    pace::HourlyBudget,
};
use crate::{
    changes::run::wire::Wire,
    engine::{Engine, lock},
    error::{Code, Error, Result},
    history::note,
    ids::ConnectionId,
    sync,
    text::{json, stored_json, stored_word, word},
};

/// Where a connection's token is kept in the keychain.
fn secret_key(connection: ConnectionId) -> String {
    format!("connection-{connection}")
}

impl Engine {
    /// All connections, in the order they were made. Asks the keychain for each, so it may block.
    pub fn connections(&self) -> Result<Vec<Connection>> {
        let stored = self.store.read(|reader| reader.connections())?;
        stored
            .into_iter()
            .map(|stored| self.page_connection(stored))
            .collect()
    }

    /// One connection. Asks the keychain for its token, so it may block.
    ///
    /// # Errors
    /// [`Code::Precondition`] when it was forgotten; [`Code::Failed`] when what is kept of it is damaged.
    pub fn connection(&self, id: ConnectionId) -> Result<Connection> {
        let stored = self.stored_connection(id)?;
        self.page_connection(stored)
    }

    /// Keeps a new connection and its token. With [`TokenPlace::Keychain`] the token is read back before this
    /// returns; when there is no keychain nothing is kept.
    ///
    /// # Errors
    /// [`Code::NoKeychain`] from the host's keychain, [`Code::Precondition`] for a name in use or an address
    /// that can't be one.
    pub fn add_connection(&self, new: NewConnection, token: &SecretString) -> Result<Connection> {
        let endpoint = parse_endpoint(&new.url)?;
        let name = self.free_name(&new.name, None)?;
        let now = self.now();
        let stored = StoredNew {
            name: name.clone(),
            url: endpoint.url().to_owned(),
            colour: word(new.colour),
            origin: word(new.service),
            token_place: word(new.keep),
            capabilities: json(&Capabilities::default()),
            policy: json(&Policy::default()),
            created_at: now.clone(),
        };
        let actor = self.ports.actor.clone();
        let service = endpoint.host();
        let id = ConnectionId(
            self.store
                .write(move |writer| writer.add_connection(&stored).map_err(Error::from))?,
        );
        let kept = self.keep_token(id, new.keep, token).and_then(|()| {
            let said = note(
                now,
                actor,
                id.0,
                format!("Connected to {service} as {name}"),
            );
            self.store
                .write(move |writer| writer.append_history(&said).map_err(Error::from))
        });
        if let Err(error) = kept {
            // Without its token it is no connection; nothing else refers to it yet.
            if new.keep == TokenPlace::Keychain {
                // A keychain that refused the token has none to forget.
                let _ = self.ports.secrets.forget(&secret_key(id));
            }
            lock(&self.session_tokens).remove(&id);
            self.store
                .write(move |writer| writer.forget_connection(id.0).map_err(Error::from))?;
            return Err(error);
        }
        self.connection(id)
    }

    /// Changes what is given and leaves the rest.
    pub fn change_connection(
        &self,
        id: ConnectionId,
        change: ConnectionChange,
    ) -> Result<Connection> {
        let mut stored = self.stored_connection(id)?;
        if let Some(name) = change.name {
            stored.name = self.free_name(&name, Some(id))?;
        }
        if let Some(colour) = change.colour {
            stored.colour = word(colour);
        }
        if let Some(policy) = change.policy {
            if policy.quota == 0 {
                return Err(Error::precondition(
                    "The hourly quota must be at least 1 operation. Peakon's is 25,000.",
                ));
            }
            stored.policy = json(&policy);
        }
        if let Some(url) = change.url {
            stored.url = parse_endpoint(&url)?.url().to_owned();
        }
        self.store
            .write(move |writer| writer.change_connection(&stored).map_err(Error::from))?;
        lock(&self.clients).remove(&id);
        self.connection(id)
    }

    /// Gives a connection another token, and another place for it.
    pub fn rekey_connection(
        &self,
        id: ConnectionId,
        token: &SecretString,
        keep: TokenPlace,
    ) -> Result<Connection> {
        let mut stored = self.stored_connection(id)?;
        self.keep_token(id, keep, token)?;
        if keep != TokenPlace::Keychain && stored.token_place == word(TokenPlace::Keychain) {
            self.ports.secrets.forget(&secret_key(id))?;
        }
        stored.token_place = word(keep);
        self.store
            .write(move |writer| writer.change_connection(&stored).map_err(Error::from))?;
        lock(&self.clients).remove(&id);
        self.connection(id)
    }

    /// Takes the connection, its mirror, draft, plans and runs away, and its token from the keychain. The
    /// history stays.
    ///
    /// # Errors
    /// [`Code::Busy`] while it is synced or a run is being carried out.
    pub fn forget_connection(&self, id: ConnectionId) -> Result<()> {
        let stored = self.stored_connection(id)?;
        if lock(&self.syncs).contains_key(&id) {
            return Err(Error::new(
                Code::Busy,
                format!(
                    "{} is being synced. Cancel the sync, then forget the connection.",
                    stored.name
                ),
            ));
        }
        // A run in any process would go on sending without a journal to write it in.
        let _hold = self.hold(id)?;
        if stored.token_place == word(TokenPlace::Keychain) {
            self.ports.secrets.forget(&secret_key(id))?;
        }
        lock(&self.session_tokens).remove(&id);
        lock(&self.in_keychain).remove(&id);
        lock(&self.clients).remove(&id);
        self.drop_workspace(id);
        let (now, actor) = (self.now(), self.ports.actor.clone());
        self.store.write(move |writer| {
            writer.forget_connection(id.0)?;
            let event = note(
                now,
                actor,
                id.0,
                format!("Connection {} forgotten", stored.name),
            );
            writer.append_history(&event)?;
            Ok::<_, Error>(())
        })?;
        Ok(())
    }

    /// Lends the token of this process to a connection whose own is not there. One that has its own keeps it: what
    /// is lent is perhaps another service's.
    pub fn lend_token(&self, id: ConnectionId, token: SecretString) -> Result<()> {
        if self.connection(id)?.token_ready {
            return Ok(());
        }
        lock(&self.session_tokens).insert(id, token);
        lock(&self.clients).remove(&id);
        Ok(())
    }

    pub(crate) fn stored_connection(&self, id: ConnectionId) -> Result<StoredConnection> {
        self.store
            .read(|reader| reader.connection(id.0))?
            .ok_or_else(|| {
                Error::precondition("There is no such connection any more. Choose another one.")
            })
    }

    pub(crate) fn policy(&self, id: ConnectionId) -> Result<Policy> {
        policy_of(&self.stored_connection(id)?)
    }

    pub(crate) fn capabilities(&self, id: ConnectionId) -> Result<Capabilities> {
        capabilities_of(&self.stored_connection(id)?)
    }

    /// How this service wants things written.
    pub(crate) fn dialect(&self, id: ConnectionId) -> Result<scim::Dialect> {
        dialect_of(&self.capabilities(id)?)
    }

    /// The client of a connection, paced by its hourly budget; one per connection, so that requests share
    /// connections and pauses.
    ///
    /// # Errors
    /// [`Code::Token`] when the token has to be given again, [`Code::NoKeychain`] when the keychain can't be
    /// asked.
    pub(crate) async fn client(&self, id: ConnectionId) -> Result<Client> {
        if let Some(client) = lock(&self.clients).get(&id) {
            return Ok(client.clone());
        }
        let stored = self.stored_connection(id)?;
        let token = self.token(id, &stored).await?;
        let usual = Timeouts::default();
        let patience = self.ports.clock.patience();
        let options = Options {
            pace: self.hourly_budget(&stored)?,
            timeouts: Timeouts {
                connect: usual.connect.min(patience),
                headers: patience,
                stall: usual.stall.min(patience),
            },
            watch: Some(Arc::new(Wire)),
            ..Options::default()
        };
        let client =
            Client::new(parse_endpoint(&stored.url)?, token, options).map_err(sync::failure)?;
        lock(&self.clients).insert(id, client.clone());
        Ok(client)
    }

    /// What keeps the requests of a connection within its hour.
    pub(crate) fn hourly_budget(&self, stored: &StoredConnection) -> Result<Arc<HourlyBudget>> {
        Ok(Arc::new(HourlyBudget::new(
            self.store.clone(),
            self.ports.clock.clone(),
            ConnectionId(stored.id),
            policy_of(stored)?.quota,
        )))
    }

    pub(crate) async fn token(
        &self,
        id: ConnectionId,
        stored: &StoredConnection,
    ) -> Result<SecretString> {
        if let Some(token) = lock(&self.session_tokens).get(&id) {
            return Ok(token.clone());
        }
        let missing = || {
            Error::new(
                Code::Token,
                format!(
                    "The token of {} is not here. Give it again to go on.",
                    stored.name
                ),
            )
        };
        if token_place(stored)? != TokenPlace::Keychain {
            return Err(missing());
        }
        let secrets = self.ports.secrets.clone();
        let key = secret_key(id);
        // The keychain may ask its owner first, so it is not asked on an async thread.
        let found = tokio::task::spawn_blocking(move || secrets.find(&key))
            .await
            .map_err(|error| {
                Error::new(
                    Code::NoKeychain,
                    "The keychain could not be asked for the token. Unlock it and try again.",
                )
                .with_detail(error)
            })??;
        found.ok_or_else(|| {
            lock(&self.in_keychain).remove(&id);
            missing()
        })
    }

    /// Only that it does is remembered: a keychain that is locked, or was given the token by another process, is asked again.
    fn keychain_holds(&self, id: ConnectionId) -> bool {
        if lock(&self.in_keychain).contains(&id) {
            return true;
        }
        // The keychain may wait for its owner to unlock it: nobody else waits with it.
        let holds = matches!(self.ports.secrets.find(&secret_key(id)), Ok(Some(_)));
        if holds {
            lock(&self.in_keychain).insert(id);
        }
        holds
    }

    fn keep_token(&self, id: ConnectionId, keep: TokenPlace, token: &SecretString) -> Result<()> {
        if token.expose_secret().trim().is_empty() {
            return Err(Error::precondition(
                "There is no token yet. Paste the OAuth Bearer Token shown beside the SCIM 2.0 URL.",
            ));
        }
        lock(&self.in_keychain).remove(&id);
        match keep {
            TokenPlace::Keychain => {
                self.ports.secrets.keep(&secret_key(id), token)?;
                lock(&self.session_tokens).remove(&id);
            }
            TokenPlace::Session | TokenPlace::Environment => {
                lock(&self.session_tokens).insert(id, token.clone());
            }
        }
        Ok(())
    }

    fn free_name(&self, name: &str, own: Option<ConnectionId>) -> Result<String> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::precondition(
                "A connection needs a name. The company's is a good one.",
            ));
        }
        let taken = self
            .store
            .read(|reader| reader.connections())?
            .iter()
            .any(|other| {
                other.name.to_lowercase() == name.to_lowercase()
                    && Some(ConnectionId(other.id)) != own
            });
        if taken {
            return Err(Error::precondition(format!(
                "There is a connection called {name} already. Choose another name."
            )));
        }
        Ok(name.to_owned())
    }

    fn page_connection(&self, stored: StoredConnection) -> Result<Connection> {
        let id = ConnectionId(stored.id);
        let of_it = |what: &str| format!("{what} of the connection {}", stored.name);
        let token = token_place(&stored)?;
        let colour = stored_word(of_it("colour"), &stored.colour)?;
        let service = stored_word(of_it("kind of service"), &stored.origin)?;
        let last_sync = stored.sync_outcome.as_deref();
        let last_sync = last_sync
            .map(|text| stored_json(of_it("outcome of the last sync"), text))
            .transpose()?;
        // What is being read is not waited for: the list of connections is what a window asks first.
        let people = match self.workspace_at_hand(id) {
            Some(workspace) => workspace.directory.len() as u32,
            None => self.store.read(|reader| reader.people_count(id.0))?,
        };
        let token_ready = lock(&self.session_tokens).contains_key(&id)
            || token == TokenPlace::Keychain && self.keychain_holds(id);
        Ok(Connection {
            id,
            capabilities: capabilities_of(&stored)?,
            policy: policy_of(&stored)?,
            last_sync,
            name: stored.name,
            url: stored.url,
            colour,
            service,
            token,
            token_ready,
            people,
            synced_at: stored.synced_at,
        })
    }
}

/// A place that is none is not "nowhere": that would ask for a token which is kept.
fn token_place(stored: &StoredConnection) -> Result<TokenPlace> {
    let what = format!("place of the token of the connection {}", stored.name);
    Ok(stored_word(what, &stored.token_place)?)
}

pub(crate) fn capabilities_of(stored: &StoredConnection) -> Result<Capabilities> {
    Ok(stored_json(
        format!("account of what the service of {} can do", stored.name),
        &stored.capabilities,
    )?)
}

pub(crate) fn policy_of(stored: &StoredConnection) -> Result<Policy> {
    let what = format!("leaver policy of the connection {}", stored.name);
    Ok(stored_json(what, &stored.policy)?)
}

/// Nothing is learned before the first sync.
pub(crate) fn dialect_of(capabilities: &Capabilities) -> Result<scim::Dialect> {
    match capabilities.dialect.as_str() {
        "" => Ok(scim::Dialect::default()),
        text => Ok(stored_json("account of how a service writes values", text)?),
    }
}

/// Keeps with the connection that its service refuses to remove values and takes null for them.
pub(crate) fn remember_clearing_by_null(writer: &Writer<'_>, id: ConnectionId) -> Result<()> {
    let Some(stored) = writer.connection(id.0)? else {
        return Ok(());
    };
    let mut capabilities = capabilities_of(&stored)?;
    let mut dialect = dialect_of(&capabilities)?;
    if dialect.clearing != Clearing::Null {
        dialect.clearing = Clearing::Null;
        capabilities.dialect = json(&dialect);
        writer.keep_capabilities(id.0, &json(&capabilities))?;
    }
    Ok(())
}

pub(crate) fn parse_endpoint(url: &str) -> Result<Endpoint> {
    Endpoint::parse(url).map_err(|error| Error::precondition(error.to_string()))
}
