//! Finding written people by what identifies them.

use std::collections::HashMap;

use super::person::Person;

#[derive(Default)]
pub struct Index {
    addresses: Keys,
    user_names: Keys,
    numbers: Keys,
    externals: Keys,
}

#[derive(Default)]
struct Keys(HashMap<String, Vec<u64>>);

impl Keys {
    fn add(&mut self, key: Option<String>, id: u64) {
        if let Some(key) = key {
            self.0.entry(key).or_default().push(id);
        }
    }

    fn remove(&mut self, key: Option<String>, id: u64) {
        let Some(key) = key else { return };
        if let Some(ids) = self.0.get_mut(&key) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.0.remove(&key);
            }
        }
    }

    fn get(&self, key: &str) -> Vec<u64> {
        self.0.get(key).cloned().unwrap_or_default()
    }
}

impl Index {
    pub fn add(&mut self, person: &Person) {
        self.addresses
            .add(person.email().map(str::to_lowercase), person.id);
        self.user_names
            .add(person.user_name().map(str::to_lowercase), person.id);
        self.numbers
            .add(person.number().map(str::to_owned), person.id);
        self.externals
            .add(person.external_id().map(str::to_owned), person.id);
    }

    pub fn remove(&mut self, person: &Person) {
        self.addresses
            .remove(person.email().map(str::to_lowercase), person.id);
        self.user_names
            .remove(person.user_name().map(str::to_lowercase), person.id);
        self.numbers
            .remove(person.number().map(str::to_owned), person.id);
        self.externals
            .remove(person.external_id().map(str::to_owned), person.id);
    }

    /// `address` in lower case.
    pub fn by_address(&self, address: &str) -> Vec<u64> {
        self.addresses.get(address)
    }

    /// `user_name` in lower case.
    pub fn by_user_name(&self, user_name: &str) -> Vec<u64> {
        self.user_names.get(user_name)
    }

    pub fn by_number(&self, number: &str) -> Vec<u64> {
        self.numbers.get(number)
    }

    pub fn by_external_id(&self, external: &str) -> Vec<u64> {
        self.externals.get(external)
    }
}
