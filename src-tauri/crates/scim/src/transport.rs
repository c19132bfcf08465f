use crate::{Endpoint, Error, Options};
use secrecy::SecretString;
pub(crate) struct Transport {
    endpoint: Endpoint,
}
impl Transport {
    pub fn new(
        endpoint: Endpoint,
        _token: SecretString,
        _options: Options,
    ) -> Result<Transport, Error> {
        Ok(Transport { endpoint })
    }
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }
}
