//! What the tables of the front door hold of customers.

use store::holding::Erasure::Delete;
use store::holding::Export::Left;
use store::holding::Holds::{Nobody, Somebody};
use store::holding::Whose::Words;

store::holds! {
    "users" => Nobody("staff");
    "sessions" => Nobody("staff");
    "links" => Nobody("staff");
    "sign_in_tries" => Nobody("staff");
    "teams" => Nobody("staff");
    "api_keys" => Nobody("staff");
    "second_factors" => Nobody("staff");
    "recovery_codes" => Nobody("staff");
    "passkeys" => Nobody("staff");
    "passkey_challenges" => Nobody("staff");
    "identities" => Nobody("staff");
    "sso_attempts" => Nobody("staff");
    "link_keys" => Nobody("technical");
    "one_time_codes" => Nobody("hashes");
    "card_rests" => Nobody("staff");
    "audit" => Nobody("ids_only");
    "audit_pending" => Nobody("ids_only");
    "audit_chain" => Nobody("ids_only");
    "audit_head" => Nobody("ids_only");
    "webhooks" => Nobody("company");
    // What was told elsewhere is ids and codes; a row that says more than that goes.
    "webhook_deliveries" => Somebody {
        whose: Words { key: &["delivery"], columns: &["payload"] },
        export: Left("technical"),
        erasure: Delete,
    };
}
