//! The table of commands: everything a key, the palette or a test can order. Keymap files, the
//! help page, the hint line, `nhaplieu keys` and the README's table all come from it.

/// Where a key is looked up; the most particular context first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Everywhere.
    Global,
    /// The home page.
    Home,
    /// The form walk.
    Form,
    /// A cell of the form walk that is being typed into.
    Edit,
    /// A line of text.
    Text,
    /// A list with a cursor.
    List,
    /// Other stores and their bundles.
    Sync,
    /// The help page.
    Help,
    /// A question that Enter or Esc answers.
    Confirm,
}

impl Context {
    /// All, in the order of keymap files.
    pub const ALL: [Self; 9] = [
        Self::Global,
        Self::Home,
        Self::Form,
        Self::Edit,
        Self::Text,
        Self::List,
        Self::Sync,
        Self::Help,
        Self::Confirm,
    ];

    /// The name in keymap files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Home => "home",
            Self::Form => "form",
            Self::Edit => "edit",
            Self::Text => "text",
            Self::List => "list",
            Self::Sync => "sync",
            Self::Help => "help",
            Self::Confirm => "confirm",
        }
    }

    /// The context of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|context| context.name() == name)
    }

    /// Key of the context's heading in the texts.
    pub fn heading_key(self) -> &'static str {
        match self {
            Self::Global => "context.global",
            Self::Home => "context.home",
            Self::Form => "context.form",
            Self::Edit => "context.edit",
            Self::Text => "context.text",
            Self::List => "context.list",
            Self::Sync => "context.sync",
            Self::Help => "context.help",
            Self::Confirm => "context.confirm",
        }
    }

    /// True where typing a character writes it, so that no bare character may be bound.
    pub fn takes_text(self) -> bool {
        matches!(self, Self::Text | Self::List | Self::Global)
    }
}

/// Whether the palette lists a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listed {
    /// It does.
    Palette,
    /// It does not: moving and line editing are found on the help page.
    Keys,
}

struct Row {
    command: Command,
    id: &'static str,
    doc: &'static str,
    hint: &'static str,
    contexts: &'static [Context],
    listed: Listed,
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident $id:literal [$($context:ident),+] $listed:ident;)+) => {
        /// One thing that can be ordered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Command {
            $($(#[$doc])* $name,)+
        }

        const TABLE: &[Row] = &[
            $(Row {
                command: Command::$name,
                id: $id,
                doc: concat!("doc.", $id),
                hint: concat!("hint.", $id),
                contexts: &[$(Context::$context),+],
                listed: Listed::$listed,
            },)+
        ];
    };
}

commands! {
    /// Commit and go to the next cell.
    CellNext "cell.next" [Form, Edit] Keys;
    /// Commit and go to the previous cell.
    CellPrevious "cell.previous" [Form, Edit] Keys;
    /// Commit what is typed and go on.
    CellCommit "cell.commit" [Edit] Keys;
    /// Commit and go one cell down.
    CellDown "cell.down" [Form, Edit] Keys;
    /// Commit and go one cell up.
    CellUp "cell.up" [Form, Edit] Keys;
    /// Commit and go to the first cell.
    CellFirst "cell.first" [Form, Edit] Keys;
    /// Commit and go to the last cell.
    CellLast "cell.last" [Form, Edit] Keys;
    /// Change the content in place; on an open soft finding, give a reason.
    CellEdit "cell.edit" [Form] Palette;
    /// Empty the cell.
    CellClear "cell.clear" [Form] Palette;
    /// Next blank cell or cell to look at.
    ProblemNext "problem.next" [Form, Edit, Confirm] Palette;
    /// Previous blank cell or cell to look at.
    ProblemPrevious "problem.previous" [Form, Edit] Palette;
    /// Choose why there is no figure.
    MarkEmpty "mark.choose" [Form, Edit] Palette;
    /// Nothing occurred.
    MarkNone "mark.none" [Form] Palette;
    /// Occurred but not collected.
    MarkUnavailable "mark.unavailable" [Form] Palette;
    /// Does not apply.
    MarkNotApplicable "mark.not_applicable" [Form] Palette;
    /// What may stand in this cell.
    AllowedValues "cell.allowed" [Form, Edit] Palette;
    /// A note on the cell.
    NoteCell "cell.note" [Form, Edit] Palette;
    /// The figure of the period before.
    CopyPrevious "cell.copy_previous" [Form, Edit] Palette;
    /// History of the cell.
    HistoryCell "history.cell" [Form, Edit] Palette;
    /// History of the form.
    HistoryForm "history.form" [Form] Palette;
    /// History of the store.
    HistoryAll "history.all" [Global, Home] Palette;
    /// Confirm a soft finding with a reason.
    ConfirmFinding "finding.confirm" [Form, List] Palette;
    /// Findings of the form.
    FindingsForm "findings.form" [Form] Palette;
    /// Findings of the store.
    FindingsAll "findings.all" [Global, Home] Palette;
    /// Find a field of the form.
    Find "form.find" [Form, Edit] Palette;
    /// Summary, then hand in.
    FormFinish "form.finish" [Form, Edit] Palette;
    /// Previous unit.
    UnitPrevious "unit.previous" [Form, Edit] Palette;
    /// Next unit.
    UnitNext "unit.next" [Form, Edit] Palette;
    /// Previous period.
    PeriodPrevious "period.previous" [Form, Edit] Palette;
    /// Next period.
    PeriodNext "period.next" [Form, Edit] Palette;
    /// Return the form with a reason.
    FormReturn "form.return" [Form] Palette;
    /// Other stores: send, receive, settle.
    SyncOpen "sync.open" [Global, Home] Palette;
    /// The next part of the page.
    SyncSection "sync.section" [Sync] Keys;
    /// Choose the folder of bundles.
    SyncFolder "sync.folder" [Sync] Palette;
    /// Take in all new bundles of the folder.
    SyncImport "sync.import" [Sync] Palette;
    /// Write a bundle.
    SyncExport "sync.export" [Sync] Palette;
    /// Let a kept bundle go; take an import back.
    SyncDrop "sync.drop" [Sync] Palette;
    /// Go to a cell, period or unit.
    GoTo "go.to" [Global] Palette;
    /// The home page.
    HomeOpen "home.open" [Global] Palette;
    /// All commands.
    PaletteOpen "palette.open" [Global] Keys;
    /// Help.
    HelpOpen "help.open" [Global] Palette;
    /// Take the last action back.
    Undo "undo" [Global] Palette;
    /// Do it again.
    Redo "redo" [Global] Palette;
    /// Try to write to the store again.
    Reopen "store.reopen" [Global] Palette;
    /// Draw everything again.
    Redraw "screen.redraw" [Global] Palette;
    /// End the program.
    Quit "quit" [Global] Palette;
    /// Leave this; never the program.
    Cancel "cancel" [Global, Form, Edit, List, Text, Help, Confirm] Keys;
    /// Choose, open, say yes.
    Accept "accept" [Home, List, Text, Help, Confirm] Keys;
    /// One line up.
    ListUp "list.up" [List, Help, Home] Keys;
    /// One line down.
    ListDown "list.down" [List, Help, Home] Keys;
    /// A page up.
    ListPageUp "list.page_up" [List, Help, Home] Keys;
    /// A page down.
    ListPageDown "list.page_down" [List, Help, Home] Keys;
    /// To the top.
    ListHome "list.home" [List, Help, Home] Keys;
    /// To the end.
    ListEnd "list.end" [List, Help, Home] Keys;
    /// Caret left.
    LineLeft "line.left" [Edit, Text] Keys;
    /// Caret right.
    LineRight "line.right" [Edit, Text] Keys;
    /// Caret to the start.
    LineHome "line.home" [Edit, Text] Keys;
    /// Caret to the end.
    LineEnd "line.end" [Edit, Text] Keys;
    /// Take the letter before the caret out.
    LineBackspace "line.backspace" [Edit, Text] Keys;
    /// Take the letter behind the caret out.
    LineDelete "line.delete" [Edit, Text] Keys;
    /// Caret one word left.
    LineWordLeft "line.word_left" [Text] Keys;
    /// Caret one word right.
    LineWordRight "line.word_right" [Text] Keys;
    /// Take the word before the caret out.
    LineDeleteWord "line.delete_word" [Text] Keys;
    /// Empty the line.
    LineClear "line.clear" [Edit, Text] Keys;
}

impl Command {
    /// Every command, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.command)
    }

    /// The command of that id.
    pub fn parse(id: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.id == id).map(|row| row.command)
    }

    fn row(self) -> &'static Row {
        // The macro writes enum and table from one list, so each command has its row, in order.
        TABLE
            .iter()
            .find(|row| row.command == self)
            .unwrap_or(&TABLE[0])
    }

    /// The id in keymap files.
    pub fn id(self) -> &'static str {
        self.row().id
    }

    /// Key of its one-sentence description in the texts.
    pub fn doc_key(self) -> &'static str {
        self.row().doc
    }

    /// Key of its word on the hint line.
    pub fn hint_key(self) -> &'static str {
        self.row().hint
    }

    /// True where it means something in that context.
    pub fn works_in(self, context: Context) -> bool {
        self.row().contexts.contains(&context)
    }

    /// True where it means something in one of these contexts.
    pub fn applies_in(self, contexts: &[Context]) -> bool {
        contexts.iter().any(|context| self.works_in(*context))
    }

    /// True when the palette lists it.
    pub fn in_palette(self) -> bool {
        self.row().listed == Listed::Palette
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_read_back() {
        for command in Command::all() {
            assert_eq!(Command::parse(command.id()), Some(command));
        }
    }
}
