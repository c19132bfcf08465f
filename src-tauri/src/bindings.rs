//! The page's door: which commands and events there are, and the TypeScript that calls them.

use std::{fs, path::Path};

use specta::datatype::Primitive;
use specta_typescript::Typescript;
use specta_util::Remapper;
use tauri_specta::{
    Builder, BuilderConfiguration, ErrorHandlingMode, LanguageExt, collect_commands, collect_events,
};

use crate::{
    commands::{
        app, connections, dormancy, draft, evidence, history, people, plans, protection, runs,
    },
    events,
};

/// Every command and event the page knows.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        // The page reads through a query library, which wants a rejected promise.
        .error_handling(ErrorHandlingMode::Throw)
        .commands(collect_commands![
            connections::connections,
            connections::connection,
            connections::test_connection,
            connections::test_saved,
            connections::add_connection,
            connections::change_connection,
            connections::rekey_connection,
            connections::forget_connection,
            connections::start_sync,
            connections::cancel_sync,
            people::directory_of,
            people::open_view,
            people::show_view,
            people::close_view,
            people::window,
            people::locate,
            people::facet,
            people::choose_person,
            people::person,
            people::raw_record,
            people::save_view,
            people::change_saved_view,
            people::forget_view,
            people::export_view,
            people::chosen_count,
            people::chosen_rows,
            draft::stage,
            draft::stage_all,
            draft::stage_pasted,
            draft::draft,
            draft::draft_page,
            draft::unstage,
            draft::unstage_cell,
            draft::unstage_cells,
            draft::unstage_act,
            draft::stage_successor,
            draft::discard_draft,
            draft::undo,
            draft::redo,
            draft::park_draft,
            draft::parked_drafts,
            draft::resume_draft,
            draft::forget_draft,
            plans::make_plan,
            plans::plan,
            plans::plan_page,
            plans::leave_out,
            plans::settle,
            plans::plan_requests,
            plans::remove_from_draft,
            plans::write_plan,
            plans::read_plan,
            protection::protected_people,
            protection::protect,
            protection::unprotect,
            runs::start_run,
            runs::pause_run,
            runs::resume_run,
            runs::cancel_run,
            runs::run,
            runs::runs,
            runs::open_run,
            runs::dismiss_run,
            runs::run_page,
            runs::retry_failed,
            runs::take_back,
            evidence::choose_evidence,
            evidence::read_dropped,
            evidence::cancel_import,
            evidence::map_import,
            evidence::import_rows,
            evidence::export_import_rows,
            evidence::confirm_alias,
            evidence::accept_import,
            evidence::drop_import,
            evidence::evidence_sources,
            evidence::forget_source,
            evidence::source_rows,
            evidence::export_source_rows,
            evidence::aliases,
            evidence::forget_alias,
            dormancy::board,
            dormancy::board_groups,
            dormancy::keep_dormancy_policy,
            dormancy::exempt,
            dormancy::exempt_by_filter,
            dormancy::exemptions,
            dormancy::end_exemption,
            dormancy::stage_reclaim,
            dormancy::ask_first,
            dormancy::read_answers,
            dormancy::freed_worth,
            dormancy::write_reclaim_report,
            history::history,
            history::verify_history,
            history::visit_history,
            history::unseen_history,
            history::history_anchors,
            history::retention,
            history::keep_history_for,
            history::print_page,
            history::export_history,
            app::open_sample,
            app::preferences,
            app::keep_preferences,
            app::about,
        ])
        .events(collect_events![
            events::SyncProgressNews,
            events::ImportProgressNews,
            events::SyncEndedNews,
            events::DirectoryChangedNews,
            events::DraftChangedNews,
            events::RunChangedNews,
            events::FilesOverNews,
            events::FilesDroppedNews,
        ])
        .typ::<engine::Error>()
        // One TypeScript type per Rust type, whichever way it travels.
        .disable_serde_phases()
}

/// What Rust fills in when it reads an older file, and always sends whole: the page sees no optional
/// members in these.
const WHOLE: [&str; 6] = [
    "Capabilities",
    "DormancyPolicy",
    "Policy",
    "Preferences",
    "ViewDefinition",
    "ViewQuery",
];

/// Writes what `cargo xtask bindings` commits.
pub fn write(path: &Path) -> Result<(), specta_typescript::Error> {
    builder().export(Finite(Typescript::default()), path)?;
    Ok(fs::write(path, tidied(&fs::read_to_string(path)?))?)
}

/// Without the exporter's doubled spaces and line-end spaces, and with the members of [`WHOLE`] required.
fn tidied(source: &str) -> String {
    let mut whole = false;
    let mut tidy = String::with_capacity(source.len());
    for line in source.lines() {
        if let Some(declared) = line.strip_prefix("export type ") {
            let name = declared.split([' ', '=']).next().unwrap_or_default();
            whole = WHOLE.contains(&name);
        }
        let line = line.replace("/**  ", "/** ").replace(" *  ", " * ");
        let line = if whole {
            line.replacen("?: ", ": ", 1)
        } else {
            line
        };
        tidy.push_str(line.trim_end());
        tidy.push('\n');
    }
    tidy
}

/// TypeScript in which a floating-point number is a `number`. The exporter makes it `number | null`
/// because JSON has no NaN; the engine sends none.
struct Finite(Typescript);

impl LanguageExt for Finite {
    type Error = specta_typescript::Error;

    fn export(self, cfg: &BuilderConfiguration, path: &Path) -> Result<(), Self::Error> {
        let mut cfg = cfg.clone();
        cfg.types = Remapper::new()
            .rule(Primitive::f64.into(), Primitive::u32.into())
            .remap_types(cfg.types);
        self.0.export(&cfg, path)
    }
}
