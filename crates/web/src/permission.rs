//! Who may do what: three roles and the permissions that routes ask for.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a route asks of the person who calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Nothing: anybody may call it.
    Public,
    /// Any signed-in user.
    SignedIn,
    /// Reading customers, their orders and figures.
    PartiesRead,
    /// Changing customers and writing memos.
    PartiesWrite,
    /// Importing files and undoing imports.
    ImportsRun,
    /// Taking lists of customers out as files.
    Export,
    /// Reading settings, costs and company figures.
    SettingsRead,
    /// Changing settings and costs.
    SettingsWrite,
    /// Managing users.
    UsersManage,
    /// Watching long work.
    JobsRead,
}

/// What a user is in the company.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Works with customers.
    Staff,
    /// Runs the day: imports, exports, settings.
    Manager,
    /// May do everything.
    Owner,
}

impl Role {
    /// Whether this role has `permission`.
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Public
            | Permission::SignedIn
            | Permission::PartiesRead
            | Permission::PartiesWrite
            | Permission::JobsRead => true,
            Permission::ImportsRun
            | Permission::Export
            | Permission::SettingsRead
            | Permission::SettingsWrite => matches!(self, Self::Manager | Self::Owner),
            Permission::UsersManage => matches!(self, Self::Owner),
        }
    }

    /// The text in the database and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Staff, Self::Manager, Self::Owner]
            .into_iter()
            .find(|role| role.text() == text)
            .ok_or_else(|| format!("\"{text}\" is not a role: write owner, manager or staff"))
    }
}
