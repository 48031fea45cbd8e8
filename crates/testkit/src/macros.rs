//! Stories that run on both engines.

/// Writes each story once and runs it on SQLite and, where there is one, on PostgreSQL.
///
/// ```ignore
/// testkit::both_engines! {
///     web::Registry::new();
///     async fn someone_looks_at_today(app) {
///         app.get("/today").await.expect(200);
///     }
/// }
/// ```
#[macro_export]
macro_rules! both_engines {
    ($setup:expr; $($(#[$attribute:meta])* async fn $name:ident($app:ident) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, reason = "a story may need nothing from around it")]
            use super::*;

            async fn story($app: $crate::TestApp) $body

            #[test]
            fn sqlite() {
                $crate::run(async { story($crate::TestApp::sqlite($setup).await).await });
            }

            #[test]
            fn postgres() {
                $crate::run(async {
                    if let Some(app) = $crate::TestApp::postgres($setup).await {
                        story(app).await;
                    }
                });
            }
        }
    )+};
}
