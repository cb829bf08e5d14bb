//! Slips in the invented plan: what is written instead of what, and what must be said of it.

/// What is written instead of what, and the problem that must be said at that place.
pub(crate) type Slip = (&'static str, &'static str, &'static str);

/// Slips of the pen.
pub(crate) const READING: &[Slip] = &[
    ("format = 1", "format = 2", "newer_format"),
    ("version = 3", "version = 0", "out_of_range"),
    ("version = 3", "version = \"3\"", "bad_number"),
    ("version = 3", "versoin = 3", "unknown_key_near"),
    ("version = 3", "version = 3\nngan_sach = 5", "unknown_key"),
    ("district = \"song-ho\"", "district = \"sông hồ\"", "bad_id"),
    ("version = 3", "version = 3\nutc_offset = 7", "not_text"),
    (
        "version = 3",
        "version = 3\nutc_offset = \"7\"",
        "not_an_offset",
    ),
    (
        "version = 3",
        "version = 3\nutc_offset = \"+07:60\"",
        "not_an_offset",
    ),
    (
        "version = 3",
        "version = 3\nutc_offset = \"+15:00\"",
        "not_an_offset",
    ),
    ("id = \"cay_trong\"", "id = \"Cây trồng\"", "bad_field_id"),
    ("label = \"Nhận xét\"", "label = \"\"", "empty"),
    ("label = \"Nhận xét\"", "label = 7", "not_text"),
    (
        "label = \"Nhận xét\"",
        "label = \"Nhận\\u202exét\"",
        "hostile",
    ),
    ("label = \"Nhận xét\"", "label = \"Nhận\txét\"", "hostile"),
    ("type = \"decimal2\"", "type = \"decimal7\"", "bad_choice"),
    (
        "collected_by = [\"thu-vien\"]",
        "collected_by = \"thu-vien\"",
        "not_a_list",
    ),
    (
        "collected_by = [\"thu-vien\"]",
        "collected_by = []",
        "empty_list",
    ),
    (
        "cut_off = 2026-12-15",
        "cut_off = \"2026-12-15\"",
        "bad_date",
    ),
    (
        "cut_off = 2026-12-15",
        "cut_off = 2026-12-15T10:00:00",
        "bad_date",
    ),
    (
        "numerator = \"cay_song\"",
        "numerator = \"2 * cay_song\"",
        "only_fields",
    ),
    (
        "numerator = \"cay_song\"",
        "numerator = \"cay_song - 1\"",
        "bad_term",
    ),
    (
        "target = \">= 80\"",
        "target = \"80\"",
        "target_without_sign",
    ),
    ("target = \">= 80\"", "target = \">= 80%\"", "bad_target"),
    (
        "owners = [{ unit = \"thu-vien\", from = 2026-01-01 }]",
        "owners = [\"thu-vien\"]",
        "not_a_table",
    ),
    (
        "hard = \"cay_song <= cay_trong\"",
        "hard = \"cay_song\"",
        "bad_comparison",
    ),
    ("max = 12.5,", "max = 12.5, points = 3,", "foreign_key"),
    ("max = 12.5,", "max = 0x1F,", "bad_number"),
    ("max = 12.5,", "max = 0.1234567,", "bad_number"),
    ("slipped_digit = true", "slipped_digit = 1", "not_a_flag"),
    ("base = 10, ", "", "missing"),
    ("title_en = \"Trees", "title_en = Trees", "syntax.no_quotes"),
    ("version = 3", "version = 3\nversion = 4", "syntax.twice"),
    ("objectives = [", "objectives = ", "syntax.other"),
    (
        "cut_off = 2026-12-15",
        "cut_off = 2026-12-15;",
        "syntax.semicolon",
    ),
    ("max = 12.5,", "max = 12.5%,", "syntax.number"),
    ("[periods]", "[periods", "syntax.no_bracket"),
];

/// Names given twice or borne by nothing.
pub(crate) const NAMES: &[Slip] = &[
    (
        "id = \"ben-may\", code",
        "id = \"song-ho\", code",
        "duplicate",
    ),
    ("id = \"Q2\"", "id = \"Q1\"", "duplicate"),
    ("number = 2", "number = 1", "duplicate"),
    (
        "district = \"song-ho\"",
        "district = \"song-hoo\"",
        "unknown_near.unit",
    ),
    (
        "coordinator = \"thu-vien\"",
        "coordinator = \"buu-dien\"",
        "unknown.unit",
    ),
    ("kind = \"nha\"", "kind = \"nhaa\"", "unknown_near.kind"),
    (
        "collected_by = [\"villages\", \"thu-vien\"]",
        "collected_by = [\"villages\", \"thu-vein\"]",
        "unknown_near.collector",
    ),
    (
        "numerator = \"cay_song\"",
        "numerator = \"cay_sogn\"",
        "unknown_near.field",
    ),
    (
        "numerator = \"cay_song\"",
        "numerator = \"nhan_xet\"",
        "text_in_formula",
    ),
    (
        "field = \"dien_tich\"",
        "field = \"chieu_cao\"",
        "unknown.field",
    ),
    (
        "indicator = \"S1\"",
        "indicator = \"T9\"",
        "unknown.indicator",
    ),
    (
        "objective = 1\nshort",
        "objective = 5\nshort",
        "unknown.objective",
    ),
    (
        "roll_up = \"count\"",
        "met_when_all = [\"C2\"]\nroll_up = \"count\"",
        "unknown_near.measure",
    ),
    (
        "group = \"villages\"",
        "group = \"thu-vien\"",
        "group_and_unit",
    ),
];

/// Contradictions with the calendar.
pub(crate) const DATES: &[Slip] = &[
    (
        "from = 2020-01-01, to = 2026-06-30",
        "from = 2026-07-02, to = 2026-06-30",
        "ends_before_start",
    ),
    (
        "code = \"S02\", name = \"Làng Đồng Gió Mới\"",
        "code = \"S01\", name = \"Làng Đồng Gió Mới\"",
        "code_twice",
    ),
    ("date = 2026-07-01", "date = 2026-08-01", "change_from"),
    (
        "from = \"dong-gio\", to = \"dong-gio-moi\"",
        "from = \"dong-gio\", to = \"dong-gio\"",
        "change_to_itself",
    ),
    (
        "from = \"dong-gio\", to = \"dong-gio-moi\"",
        "from = \"dong-gio\", to = \"dong-gio\"",
        "merger_circle",
    ),
    (
        "kind = \"lang\", from = 2026-07-01",
        "kind = \"lang\", from = 2026-07-02",
        "change_to",
    ),
    ("share = 1", "share = 1.5", "bad_share"),
    ("share = 1", "share = 0.5", "shares"),
    (
        "[{ unit = \"thu-vien\", from = 2026-01-01 }]\nroll_up = \"ratio",
        "[{ unit = \"thu-vien\", from = 2026-12-24 }]\nroll_up = \"ratio",
        "no_owner",
    ),
    (
        "[{ unit = \"thu-vien\", from = 2026-01-01 }]\nroll_up = \"ratio",
        "[{ unit = \"dong-gio\", from = 2026-01-01 }]\nroll_up = \"ratio",
        "owner_not_in_force",
    ),
    (
        "[{ unit = \"thu-vien\", from = 2026-01-01 }]\nroll_up = \"ratio",
        "[{ unit = \"thu-vien\", from = 2026-01-01 }, { unit = \"ben-may\", from = 2026-05-01 }]\nroll_up = \"ratio",
        "two_owners",
    ),
    ("id = \"2026-Q1\"", "id = \"Q1-2026\"", "period_id"),
    (
        "from = 2026-01-01, to = 2026-03-31",
        "from = 2026-01-02, to = 2026-03-31",
        "period_start",
    ),
    (
        "from = 2026-01-01, to = 2026-03-31",
        "from = 2026-01-01, to = 2026-03-30",
        "period_end",
    ),
    (
        "cut_off = 2026-12-15",
        "cut_off = 2027-01-15",
        "cut_off_outside",
    ),
    ("due = 2026-12-20", "due = 2026-12-14", "due_before_cut_off"),
    (
        "from = 2026-04-01, to = 2026-06-30",
        "from = 2026-03-01, to = 2026-06-30",
        "period_start",
    ),
    (
        "{ id = \"2026-Q2\", kind = \"quarter\", from = 2026-04-01, to = 2026-06-30, cut_off = 2026-06-30, due = 2026-07-10 },",
        "",
        "period_gap",
    ),
    (
        "  { id = \"2026-Q1\"",
        "  { id = \"2026-M01\", kind = \"month\", from = 2026-01-01, to = 2026-01-31, cut_off = 2026-01-31, due = 2026-02-05 },\n  { id = \"2026-Q1\"",
        "form_without_fields",
    ),
];

/// What would surprise a clerk.
pub(crate) const FORM: &[Slip] = &[
    (
        "label = \"Diện tích trồng cây\"",
        "label = \"Cây trồng trong năm\"",
        "same_label",
    ),
    (
        "label = \"Diện tích trồng cây\"",
        "label = \"Diện tích trồng cây của cả làng tính đến hết năm kế hoạch\"",
        "too_wide",
    ),
    ("unit = \"ha\"\n", "", "no_unit_of_measure"),
    (
        "collected_by = [\"thu-vien\"]",
        "collected_by = [\"song-ho\"]",
        "district_collects",
    ),
    (
        "group = \"villages\" }",
        "group = \"villages\" },\n  { id = \"x\", label = \"x\", group = \"thu-vienn\" }",
        "",
    ),
    (
        "periods = [\"quarter\"]",
        "periods = [\"quarter\", \"month\"]",
        "no_period_of_kind",
    ),
    (
        "hard = \"cay_song <= cay_trong\"",
        "hard = \"cay_song <= luot_doc\"",
        "never_together",
    ),
    (
        "hard = \"cay_song <= cay_trong\"",
        "hard = \"1 <= 2\"",
        "no_field",
    ),
    ("max = 12.5, ", "", "no_limits"),
    ("max = 12.5,", "min = 13, max = 12.5,", "min_above_max"),
    ("max = 12.5,", "max = 12.5555,", "too_many_decimals"),
    (
        "hard = \"cay_song",
        "hard = \"a <= b\", soft = \"cay_song",
        "hard_or_soft",
    ),
    (
        "check = \"field_range\", field = \"dien_tich\", max = 12.5",
        "check = \"rate_jump\", measure = \"C1\", points = 0",
        "not_positive",
    ),
    (
        "check = \"field_range\", field = \"dien_tich\", max = 12.5",
        "check = \"binomial\", part = \"cay_song\", rest = \"cay_trong\", expected = 100, sigmas = 3",
        "bad_share_expected",
    ),
    (
        "check = \"field_range\", field = \"dien_tich\", max = 12.5",
        "check = \"rate_range\", measure = \"S1\", min = 5",
        "never_asks.counted",
    ),
    (
        "check = \"field_range\", field = \"dien_tich\", max = 12.5",
        "check = \"rate_exactly\", measure = \"C1\", value = 120, from_denominator = 1",
        "never_asks.value",
    ),
    (
        "check = \"field_range\", field = \"dien_tich\", max = 12.5",
        "check = \"rate_jump\", measure = \"C1\", points = 5",
        "never_asks.past",
    ),
    (
        "check = \"field_range\", field = \"dien_tich\", max = 12.5",
        "check = \"same_in_row\", field = \"luot_doc\", times = 4",
        "never_asks.row",
    ),
    (
        "check = \"field_range\", field = \"dien_tich\", max = 12.5",
        "check = \"field_range\", field = \"dien_tich\", max = 12.5, periods = [\"quarter\"]",
        "never_asks.periods",
    ),
    (
        "check = \"field_range\", field = \"dien_tich\", max = 12.5",
        "check = \"rate_range\", measure = \"C1\", min = 0, max = 100",
        "never_asks.range",
    ),
];

/// What nobody could compute or reach.
pub(crate) const FIGURES: &[Slip] = &[
    (
        "target = \">= 80\"",
        "target = \"> 100\"",
        "impossible_target",
    ),
    (
        "target = \">= 80\"",
        "target = \"< 0\"",
        "impossible_target",
    ),
    ("target = \">= 80\"", "target = \">= 0\"", "always_met"),
    ("target = \">= 80\"", "target = \">= 80.25\"", "places"),
    (
        "target = \"= 100\"",
        "target = \"= 101\"",
        "impossible_target",
    ),
    (
        "denominator = \"cay_trong\"",
        "denominator = \"sach_moi\"",
        "no_unit_has_all",
    ),
    ("denominator = \"cay_trong\"\n", "", "missing"),
    (
        "numerator = \"cay_song\"",
        "numerator = \"cay_song\"\nagencies = [[\"cay_trong\", \"cay_song\"]]",
        "one_formula",
    ),
    (
        "units_every = { period = \"quarter\", field = \"luot_doc\", at_least = 10 }",
        "agencies = [[\"cay_trong\"]]",
        "bad_agencies",
    ),
    ("at_least = 10", "at_least = 0", "not_positive"),
    (
        "units_every = { period = \"quarter\"",
        "units_every = { period = \"year\"",
        "not_asked_then",
    ),
    (
        "rate_in = [\"year\"]",
        "rate_in = [\"quarter\", \"year\"]",
        "rate_never",
    ),
    ("roll_up = \"count\"", "roll_up = \"single\"", "roll_up"),
    (
        "roll_up = \"ratio_of_sums\"",
        "direct = \"cay_song\"\nroll_up = \"ratio_of_sums\"",
        "direct_in_sum",
    ),
    (
        "numerator = \"cay_song\"",
        "numerator = \"cay_song + dien_tich\"\nmet_when_each = true",
        "not_paired",
    ),
    (
        "roll_up = \"count\"",
        "met_when_all = [\"S1\"]\nroll_up = \"count\"",
        "met_circle",
    ),
    (
        "numerator = \"cay_song\"",
        "numerator = \"cay_song + cay_song\"",
        "twice_in_sum",
    ),
    (
        "target = \">= 80\"",
        "target = \">= 80, <= 90\"",
        "target_with_two",
    ),
];
