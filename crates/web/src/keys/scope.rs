//! What a key may do, in the words of the wire.

use crate::Permission;
use axum::http::Method;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub enum KeyScope {
    /// Reading customers and their orders.
    #[serde(rename = "customers:read")]
    CustomersRead,
    /// Entering and changing customers.
    #[serde(rename = "customers:write")]
    CustomersWrite,
    /// Telling what happened: orders, visits, registered kinds.
    #[serde(rename = "events:write")]
    EventsWrite,
    /// Reading figures about all customers together.
    #[serde(rename = "figures:read")]
    FiguresRead,
    /// Importing files.
    #[serde(rename = "imports:run")]
    ImportsRun,
    /// Taking lists out as files.
    #[serde(rename = "export")]
    Export,
    /// Reading settings and costs.
    #[serde(rename = "settings:read")]
    SettingsRead,
    /// Changing settings and costs.
    #[serde(rename = "settings:write")]
    SettingsWrite,
}

impl KeyScope {
    /// Every scope.
    pub const ALL: [Self; 8] = [
        Self::CustomersRead,
        Self::CustomersWrite,
        Self::EventsWrite,
        Self::FiguresRead,
        Self::ImportsRun,
        Self::Export,
        Self::SettingsRead,
        Self::SettingsWrite,
    ];

    /// The text in the database and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::CustomersRead => "customers:read",
            Self::CustomersWrite => "customers:write",
            Self::EventsWrite => "events:write",
            Self::FiguresRead => "figures:read",
            Self::ImportsRun => "imports:run",
            Self::Export => "export",
            Self::SettingsRead => "settings:read",
            Self::SettingsWrite => "settings:write",
        }
    }

    /// What it opens.
    const fn permission(self) -> Permission {
        match self {
            Self::CustomersRead => Permission::PartiesRead,
            Self::CustomersWrite => Permission::PartiesWrite,
            Self::EventsWrite => Permission::EventsWrite,
            Self::FiguresRead => Permission::FiguresRead,
            Self::ImportsRun => Permission::ImportsRun,
            Self::Export => Permission::Export,
            Self::SettingsRead => Permission::SettingsRead,
            Self::SettingsWrite => Permission::SettingsWrite,
        }
    }
}

impl FromStr for KeyScope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|scope| scope.text() == text);
        known.ok_or_else(|| format!("\"{text}\" is not a scope of a key"))
    }
}

/// Whether `scopes` open `permission`. Every key may look at what every user may; none may do what belongs to a
/// person: an own account, users, keys.
pub(crate) fn open(scopes: &[KeyScope], permission: Permission, method: &Method) -> bool {
    match permission {
        Permission::Public | Permission::JobsRead => true,
        Permission::SignedIn => method.is_safe(),
        permission => scopes.iter().any(|scope| scope.permission() == permission),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_what_its_scopes_say_and_nothing_of_a_person() {
        let reads = [KeyScope::CustomersRead];
        assert!(open(&reads, Permission::PartiesRead, &Method::GET));
        assert!(!open(&reads, Permission::PartiesWrite, &Method::POST));
        assert!(open(&[], Permission::SignedIn, &Method::GET));
        assert!(!open(&KeyScope::ALL, Permission::SignedIn, &Method::PUT));
        assert!(!open(&KeyScope::ALL, Permission::UsersManage, &Method::GET));
        assert!(!open(&KeyScope::ALL, Permission::KeysManage, &Method::GET));
    }

    #[test]
    fn the_wire_and_the_database_write_a_scope_alike() {
        for scope in KeyScope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.text());
            assert_eq!(scope.text().parse(), Ok(scope));
        }
    }
}
