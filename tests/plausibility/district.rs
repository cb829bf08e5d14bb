//! An invented district: twenty-two communes whose figures move as such figures do. People and
//! labour drift by a per cent or two, events are few and vary by chance, what was planned is
//! reached in one year and missed in another, and now and then something really changes.

use std::collections::BTreeMap;

use crate::chance::Chance;

/// What a form holds, by field.
pub(crate) type Figures = BTreeMap<&'static str, i64>;

/// What stays of a commune from year to year.
#[derive(Clone)]
struct Commune {
    people: f64,
    men: f64,
    employed: f64,
    women_employed: f64,
    wage: f64,
    women_wage: f64,
    farm: f64,
    births: f64,
    girls_10_14: f64,
    girls_15_19: f64,
    violence: f64,
    elsewhere: f64,
    supported: f64,
    reach: f64,
    leaders: [i64; 4],
    organisations: i64,
    informed: f64,
}

/// The forms of one commune by period: `2021`, `2022-6T`, `2022`, …
pub(crate) type Forms = BTreeMap<String, Figures>;

/// The years of the plan.
pub(crate) const YEARS: [i32; 4] = [2021, 2022, 2023, 2024];

/// How often something really changes, per figure and year.
const TRUE_JUMP: f64 = 0.012;

/// The forms of `communes` communes over all years.
pub(crate) fn district(seed: u64, communes: usize) -> Vec<Forms> {
    let mut chance = Chance::new(seed);
    (0..communes).map(|_| commune(&mut chance)).collect()
}

fn commune(chance: &mut Chance) -> Forms {
    let mut now = founded(chance);
    let mut forms = Forms::new();
    for year in YEARS {
        let whole = year_of(&now, chance);
        forms.insert(format!("{year}-6T"), half_of(&whole, &now, chance));
        forms.insert(year.to_string(), whole);
        age(&mut now, chance);
    }
    // The plan's first half-year is that of 2022.
    forms.remove("2021-6T");
    forms
}

fn founded(chance: &mut Chance) -> Commune {
    let hdnd = 1 + i64::from(chance.happens(0.9));
    let ubnd = 2 + i64::from(chance.happens(0.7));
    Commune {
        people: chance.between(3_000.0, 15_000.0),
        men: chance.between(0.488, 0.508),
        employed: chance.between(0.49, 0.59),
        women_employed: chance.between(0.455, 0.51),
        wage: chance.between(0.32, 0.58),
        women_wage: chance.between(0.40, 0.53),
        farm: chance.between(0.18, 0.50),
        births: chance.between(0.0115, 0.0175),
        girls_10_14: chance.between(0.065, 0.09),
        girls_15_19: chance.between(0.055, 0.08),
        violence: chance.between(2.0, 11.0),
        elsewhere: chance.between(0.1, 1.4),
        supported: chance.between(0.7, 0.98),
        reach: chance.between(0.18, 0.6),
        leaders: [
            hdnd,
            i64::from(chance.happens(0.35)),
            ubnd,
            i64::from(chance.happens(0.35)),
        ],
        organisations: chance.between(11.0, 30.0) as i64,
        informed: chance.between(0.6, 1.0),
    }
}

/// A year passes.
fn age(now: &mut Commune, chance: &mut Chance) {
    let drift = |value: &mut f64, by: f64, chance: &mut Chance| {
        *value *= 1.0 + by * chance.normal();
        if chance.happens(TRUE_JUMP) {
            *value *= if chance.happens(0.5) { 1.35 } else { 0.7 };
        }
    };
    drift(&mut now.people, 0.008, chance);
    now.men *= 1.0 + 0.002 * chance.normal();
    now.employed = (now.employed * (1.0 + 0.012 * chance.normal())).clamp(0.42, 0.66);
    now.women_employed = (now.women_employed * (1.0 + 0.01 * chance.normal())).clamp(0.43, 0.54);
    drift(&mut now.wage, 0.03, chance);
    now.wage = now.wage.clamp(0.25, 0.75);
    now.women_wage = (now.women_wage * (1.0 + 0.015 * chance.normal())).clamp(0.35, 0.6);
    drift(&mut now.farm, 0.045, chance);
    now.farm = now.farm.clamp(0.12, 0.6).min(1.0 - now.wage * 0.9);
    now.girls_10_14 *= 1.0 + 0.02 * chance.normal();
    now.girls_15_19 *= 1.0 + 0.02 * chance.normal();
    drift(&mut now.violence, 0.10, chance);
    drift(&mut now.reach, 0.10, chance);
    now.reach = now.reach.clamp(0.10, 0.85);
    now.informed = (now.informed + 0.05 * chance.normal()).clamp(0.5, 1.0);
    if chance.happens(0.04) {
        now.leaders[1] = 1 - now.leaders[1];
    }
    if chance.happens(0.04) {
        now.leaders[3] = 1 - now.leaders[3];
    }
    if chance.happens(0.05) {
        now.organisations += 1;
    }
}

fn part(whole: i64, share: f64) -> i64 {
    (whole as f64 * share).round() as i64
}

fn year_of(now: &Commune, chance: &mut Chance) -> Figures {
    let mut form = Figures::new();
    let men = (now.people * now.men).round() as i64;
    let women = now.people.round() as i64 - men;
    form.insert("dan_so_nam", men);
    form.insert("dan_so_nu", women);
    let [hdnd, hdnd_women, ubnd, ubnd_women] = now.leaders;
    form.insert("hdnd_ld", hdnd);
    form.insert("hdnd_ld_nu", hdnd_women.min(hdnd));
    form.insert("ubnd_ld", ubnd);
    form.insert("ubnd_ld_nu", ubnd_women.min(ubnd));
    let employed = part(men + women, now.employed);
    let women_employed = part(employed, now.women_employed).min(women * 69 / 100);
    let wage = part(employed, now.wage);
    let women_wage = part(wage, now.women_wage).min(women_employed * 9 / 10);
    let farm = part(women_employed, now.farm).min(women_employed - women_wage);
    form.insert("ld_co_viec_lam", employed);
    form.insert("ld_nu_co_viec_lam", women_employed);
    form.insert("ld_lam_cong", wage);
    form.insert("ld_nu_lam_cong", women_wage);
    form.insert("ld_nu_nong_nghiep", farm);
    violence(&mut form, "blgd", now.violence, now.supported, chance);
    violence(&mut form, "bltcsg", now.elsewhere, now.supported, chance);
    let births = chance.poisson(now.people * now.births);
    let boys = chance.binomial(births, 0.528);
    form.insert("be_trai", boys);
    form.insert("be_gai", births - boys);
    form.insert("tu_vong_me", chance.poisson(births as f64 * 0.000_4));
    let girls_15_19 = part(women, now.girls_15_19);
    form.insert("nu_10_14", part(women, now.girls_10_14));
    form.insert("nu_15_19", girls_15_19);
    form.insert("sinh_me_10_14", 0);
    form.insert("sinh_me_15_19", chance.poisson(girls_15_19 as f64 * 0.014));
    for (field, people) in [("tiep_can_nam", men), ("tiep_can_nu", women)] {
        let reach = now.reach * (1.0 + 0.10 * chance.normal());
        form.insert(field, part(people, reach.clamp(0.09, 0.95)));
    }
    let told = part(now.organisations, now.informed);
    let bound = part(
        now.organisations,
        (now.informed + 0.06 * chance.normal()).clamp(0.4, 1.0),
    );
    let both = (told + bound - now.organisations)
        .max(told.min(bound) - 1)
        .max(0);
    form.insert("tc_tong", now.organisations);
    form.insert("tc_pho_bien", told);
    form.insert("tc_cam_ket", bound);
    form.insert("tc_ca_hai", both);
    form
}

/// The names of one kind of violence's figures.
fn names(kind: &str) -> [&'static str; 15] {
    if kind == "blgd" {
        [
            "blgd_bi_nam",
            "blgd_bi_nu",
            "blgd_bi_duoi16",
            "blgd_bi_16_59",
            "blgd_bi_tu60",
            "blgd_ho_tro_nam",
            "blgd_ho_tro_nu",
            "blgd_luot_tu_van",
            "blgd_luot_y_te",
            "blgd_luot_tam_lanh",
            "blgd_luot_phap_ly",
            "blgd_gay_nam",
            "blgd_gay_nu",
            "blgd_gay_tv_nam",
            "blgd_gay_tv_nu",
        ]
    } else {
        [
            "bltcsg_bi_nam",
            "bltcsg_bi_nu",
            "bltcsg_bi_duoi16",
            "bltcsg_bi_16_59",
            "bltcsg_bi_tu60",
            "bltcsg_ho_tro_nam",
            "bltcsg_ho_tro_nu",
            "bltcsg_luot_tu_van",
            "bltcsg_luot_y_te",
            "bltcsg_luot_tam_lanh",
            "bltcsg_luot_phap_ly",
            "bltcsg_gay_nam",
            "bltcsg_gay_nu",
            "bltcsg_gay_tv_nam",
            "bltcsg_gay_tv_nu",
        ]
    }
}

/// People who were hurt, by sex and age; who was helped and how; who hurt them and was counselled.
fn violence(form: &mut Figures, kind: &str, mean: f64, supported: f64, chance: &mut Chance) {
    let (men, women) = (chance.poisson(mean * 0.15), chance.poisson(mean * 0.85));
    let hurt = men + women;
    let young = chance.binomial(hurt, 0.12);
    let old = chance.binomial(hurt - young, 0.14);
    let helped = [
        chance.binomial(men, supported),
        chance.binomial(women, supported),
    ];
    let people = helped[0] + helped[1];
    let counselled = people + chance.binomial(people, 0.35);
    let offenders = hurt - chance.binomial(hurt, 0.12);
    let offending_women = chance.binomial(offenders, 0.08);
    let offending_men = offenders - offending_women;
    let values = [
        men,
        women,
        young,
        hurt - young - old,
        old,
        helped[0],
        helped[1],
        counselled,
        chance.binomial(people, 0.35),
        chance.binomial(people, 0.12),
        chance.binomial(people, 0.25),
        offending_men,
        offending_women,
        chance.binomial(offending_men, 0.7),
        chance.binomial(offending_women, 0.7),
    ];
    for (name, value) in names(kind).into_iter().zip(values) {
        form.insert(name, value);
    }
}

/// The first half of a year: what had happened by then.
fn half_of(year: &Figures, now: &Commune, chance: &mut Chance) -> Figures {
    let mut form = Figures::new();
    let value = |field: &str| year.get(field).copied().unwrap_or(0);
    for field in ["hdnd_ld", "hdnd_ld_nu", "ubnd_ld", "ubnd_ld_nu"] {
        form.insert(field_of(year, field), value(field));
    }
    for field in ["dan_so_nam", "dan_so_nu"] {
        let earlier = 1.0 + 0.004 * chance.normal();
        form.insert(field_of(year, field), part(value(field), earlier));
    }
    let early = |whole: i64, chance: &mut Chance| chance.binomial(whole, 0.48);
    for field in [
        "be_trai",
        "be_gai",
        "tu_vong_me",
        "sinh_me_10_14",
        "sinh_me_15_19",
    ] {
        let first = early(value(field), chance);
        form.insert(field_of(year, field), first);
    }
    let share = chance.between(0.36, 0.56);
    for field in ["tiep_can_nam", "tiep_can_nu"] {
        let first = part(value(field), share * (1.0 + 0.05 * chance.normal()));
        form.insert(field_of(year, field), first.min(value(field)));
    }
    for (kind, mean) in [("blgd", now.violence), ("bltcsg", now.elsewhere)] {
        let mut first = Figures::new();
        violence(&mut first, kind, mean * 0.45, now.supported, chance);
        // Nobody leaves the count again: what the half had, the year has too.
        if names(kind)
            .iter()
            .all(|name| first.get(name) <= year.get(name))
        {
            form.extend(first);
        } else {
            form.extend(names(kind).map(|name| (name, value(name) / 2)));
            keep_in_order(&mut form, kind);
        }
    }
    form
}

/// Halving each figure for itself can break what the figures say of each other.
fn keep_in_order(form: &mut Figures, kind: &str) {
    let [
        men,
        women,
        young,
        adult,
        old,
        helped_men,
        helped_women,
        counselled,
        care,
        shelter,
        law,
        ..,
    ] = names(kind);
    let hurt = form[men] + form[women];
    form.insert(young, form[young].min(hurt));
    form.insert(old, form[old].min(hurt - form[young]));
    form.insert(adult, hurt - form[young] - form[old]);
    let people = form[helped_men] + form[helped_women];
    form.insert(counselled, form[counselled].clamp(people, 2 * people));
    for service in [care, shelter, law] {
        form.insert(service, form[service].min(people));
    }
}

fn field_of(year: &Figures, field: &str) -> &'static str {
    year.get_key_value(field).map_or("", |(name, _)| name)
}
