//! axe-core on every screen.

use anyhow::Result;
use tests::desktop::tour::Service;
use tests::desktop::{Desktop, Look, accessibility};

#[tokio::test]
async fn every_screen_can_be_used_by_everybody_in_both_themes() -> Result<()> {
    let service = sandbox::start(sandbox::Settings {
        people: 50,
        token: "a-token-for-this-test".to_owned(),
        ..sandbox::Settings::default()
    })
    .await?;
    let service = Service {
        url: service.url(),
        token: "a-token-for-this-test".to_owned(),
    };
    for look in [Look::Light, Look::Dark] {
        let desktop = Desktop::start().await?;
        let window = desktop.launch(look).await?;
        window.resize(1280, 800).await?;
        let mut screens = 0;
        let mut found = Vec::new();
        window
            .tour(&desktop, &service, async |screen| {
                screens += 1;
                let findings = accessibility::check(&window).await?;
                let grave = findings
                    .into_iter()
                    .filter(accessibility::Finding::is_grave);
                found.extend(grave.map(|finding| format!("{screen}: {finding:#?}")));
                Ok(())
            })
            .await?;
        assert!(
            screens > 12,
            "the tour went through every screen, not only {screens}"
        );
        assert!(
            found.is_empty(),
            "axe-core finds nothing serious in the {look:?} theme:\n{}",
            found.join("\n")
        );
        window.quit().await?;
    }
    Ok(())
}
