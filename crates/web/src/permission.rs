//! Who may do what: five roles and the permissions that routes ask for.
//!
//! A role says what someone does in the company; which customers they see, and whether contacts are masked, is their
//! [`crate::Sight`].

use axum::http::Method;
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
    /// Reading customers and their orders.
    PartiesRead,
    /// Changing customers and writing memos.
    PartiesWrite,
    /// Reading figures about all customers together.
    FiguresRead,
    /// Saying which customers belong together.
    SegmentsWrite,
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
    /// Changing the own second factor: any signed-in user.
    FactorChange,
    /// Making and revoking API keys.
    KeysManage,
    /// Telling what happened elsewhere.
    EventsWrite,
    /// Reading who did what.
    AuditRead,
    /// Planning and making backups.
    BackupsManage,
    /// Letting a restored company send again.
    SendingLift,
    /// Watching long work.
    JobsRead,
    /// Saying what people are asked to agree to, and vouching for what files claim.
    ConsentManage,
    /// Saying through which server letters leave.
    MailManage,
    /// Answering what people ask about their own data.
    RequestsAnswer,
    /// Giving out everything about somebody, and erasing somebody.
    RequestsDisclose,
}

impl Permission {
    /// Whether a call must come soon after the caller proved who they are: what carries people's data out of the
    /// house, or opens doors to it.
    pub(crate) fn asks_proof(self, method: &Method) -> bool {
        match self {
            Self::Export | Self::RequestsDisclose => true,
            Self::UsersManage
            | Self::KeysManage
            | Self::FactorChange
            | Self::BackupsManage
            | Self::MailManage
            | Self::SendingLift => !method.is_safe(),
            _ => false,
        }
    }
}

/// What a user is in the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Serves at the counter: sees customers with their contacts masked, and no figures.
    Clerk,
    /// Reads everything but contacts, and changes nothing.
    Analyst,
    /// Works with customers.
    Staff,
    /// Runs the day: imports, exports, settings.
    Manager,
    /// May do everything.
    Owner,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Manager, Self::Staff, Self::Clerk, Self::Analyst];

    /// Whether this role has `permission`.
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Public
            | Permission::SignedIn
            | Permission::FactorChange
            | Permission::PartiesRead
            | Permission::JobsRead => true,
            Permission::PartiesWrite => !matches!(self, Self::Analyst),
            Permission::FiguresRead => !matches!(self, Self::Clerk),
            Permission::SegmentsWrite => matches!(self, Self::Staff | Self::Manager | Self::Owner),
            Permission::Export | Permission::SettingsRead => {
                matches!(self, Self::Analyst | Self::Manager | Self::Owner)
            }
            Permission::ImportsRun
            | Permission::SettingsWrite
            | Permission::EventsWrite
            | Permission::RequestsAnswer
            | Permission::RequestsDisclose => matches!(self, Self::Manager | Self::Owner),
            Permission::UsersManage
            | Permission::KeysManage
            | Permission::AuditRead
            | Permission::BackupsManage
            | Permission::ConsentManage
            | Permission::MailManage
            | Permission::SendingLift => matches!(self, Self::Owner),
        }
    }

    /// Whether contacts are shown to this role in part only.
    pub const fn is_masked(self) -> bool {
        matches!(self, Self::Clerk | Self::Analyst)
    }

    /// Whether this role may be limited to some customers. Who runs the company or counts all of it sees all of it.
    pub const fn may_be_limited(self) -> bool {
        matches!(self, Self::Clerk | Self::Staff)
    }

    /// The text in the database and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Analyst => "analyst",
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
        Self::ALL
            .into_iter()
            .find(|role| role.text() == text)
            .ok_or_else(|| format!("\"{text}\" is not a role: write owner, manager, staff, clerk or analyst"))
    }
}
