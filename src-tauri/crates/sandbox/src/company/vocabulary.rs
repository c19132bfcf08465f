//! Departments, titles, teams and reasons: the words that make the sample company look like one.

/// A department: its share of the people, who heads it and what people in it do.
pub struct Department {
    pub name: &'static str,
    pub weight: u32,
    pub code: u32,
    pub head: &'static str,
    /// What a vice president, director or manager here is responsible for.
    pub fields: &'static [&'static str],
    /// Titles of people without reports, from junior to senior.
    pub titles: &'static [&'static str],
    pub teams: &'static [&'static str],
    /// People here may share a terminal and have no e-mail address.
    pub on_the_floor: bool,
}

/// All departments, largest first; small companies use the first few.
pub const DEPARTMENTS: &[Department] = &[
    Department {
        name: "Engineering",
        weight: 22,
        code: 41,
        head: "Chief Technology Officer",
        fields: &[
            "Platform", "Payments", "Data", "Mobile", "Security", "Quality",
        ],
        titles: &[
            "Software Engineer",
            "Senior Software Engineer",
            "Staff Engineer",
            "Site Reliability Engineer",
            "Data Engineer",
            "QA Engineer",
            "Security Engineer",
        ],
        teams: &[
            "Checkout",
            "Identity",
            "Data Platform",
            "Mobile",
            "Developer Tools",
            "Search",
            "Payments Core",
            "Observability",
        ],
        on_the_floor: false,
    },
    Department {
        name: "Sales",
        weight: 16,
        code: 52,
        head: "Chief Revenue Officer",
        fields: &[
            "Enterprise Sales",
            "Mid-Market",
            "Partnerships",
            "Sales Operations",
        ],
        titles: &[
            "Account Executive",
            "Senior Account Executive",
            "Sales Development Representative",
            "Solutions Consultant",
            "Partner Manager",
        ],
        teams: &[
            "Enterprise North",
            "Enterprise South",
            "Mid-Market",
            "New Business",
            "Partners",
            "Renewals",
        ],
        on_the_floor: false,
    },
    Department {
        name: "Operations",
        weight: 17,
        code: 63,
        head: "Chief Operating Officer",
        fields: &["Logistics", "Warehousing", "Facilities", "Procurement"],
        titles: &[
            "Warehouse Associate",
            "Forklift Operator",
            "Logistics Coordinator",
            "Shift Supervisor",
            "Operations Analyst",
            "Facilities Technician",
        ],
        teams: &[
            "Inbound",
            "Outbound",
            "Night Shift",
            "Returns",
            "Fleet",
            "Facilities",
        ],
        on_the_floor: true,
    },
    Department {
        name: "Customer Support",
        weight: 13,
        code: 54,
        head: "VP Customer Support",
        fields: &["Customer Care", "Technical Support", "Support Operations"],
        titles: &[
            "Support Specialist",
            "Senior Support Specialist",
            "Technical Support Engineer",
            "Customer Success Associate",
        ],
        teams: &["Frontline", "Tier 2", "Chat & Social", "Priority Care"],
        on_the_floor: false,
    },
    Department {
        name: "Finance",
        weight: 5,
        code: 71,
        head: "Chief Financial Officer",
        fields: &["Accounting", "Financial Planning", "Tax & Treasury"],
        titles: &[
            "Accountant",
            "Senior Accountant",
            "Financial Analyst",
            "Payroll Specialist",
            "Treasury Analyst",
        ],
        teams: &[
            "Accounts Payable",
            "Controlling",
            "Payroll",
            "Planning & Analysis",
        ],
        on_the_floor: false,
    },
    Department {
        name: "People & Culture",
        weight: 4,
        code: 72,
        head: "Chief People Officer",
        fields: &["Talent", "People Operations", "Learning"],
        titles: &[
            "HR Business Partner",
            "Recruiter",
            "People Operations Specialist",
            "Learning Designer",
        ],
        teams: &[
            "Talent Acquisition",
            "People Partners",
            "Rewards",
            "Learning 🌱",
        ],
        on_the_floor: false,
    },
    Department {
        name: "Marketing",
        weight: 6,
        code: 55,
        head: "Chief Marketing Officer",
        fields: &["Brand", "Growth", "Communications"],
        titles: &[
            "Marketing Manager",
            "Content Strategist",
            "Growth Analyst",
            "Brand Designer",
            "Events Coordinator",
        ],
        teams: &["Brand Studio 🎨", "Growth", "Content", "Events"],
        on_the_floor: false,
    },
    Department {
        name: "Product",
        weight: 6,
        code: 42,
        head: "Chief Product Officer",
        fields: &["Core Product", "Design", "Research"],
        titles: &[
            "Product Manager",
            "Senior Product Manager",
            "Product Designer",
            "UX Researcher",
            "Product Analyst",
        ],
        teams: &[
            "Core Experience",
            "Design Systems",
            "Research",
            "Platform Products",
        ],
        on_the_floor: false,
    },
    Department {
        name: "Retail",
        weight: 6,
        code: 64,
        head: "VP Retail",
        fields: &["Stores", "Visual Merchandising"],
        titles: &[
            "Store Associate",
            "Senior Store Associate",
            "Visual Merchandiser",
            "Stock Associate",
        ],
        teams: &["City Stores", "Outlet", "Pop-up", "Store Support"],
        on_the_floor: true,
    },
    Department {
        name: "Information Technology",
        weight: 3,
        code: 43,
        head: "Chief Information Officer",
        fields: &["Workplace Technology", "Enterprise Systems"],
        titles: &[
            "IT Support Analyst",
            "Systems Administrator",
            "Network Engineer",
            "Business Systems Analyst",
        ],
        teams: &["Service Desk", "Enterprise Apps", "Networks"],
        on_the_floor: false,
    },
    Department {
        name: "Legal & Compliance",
        weight: 2,
        code: 73,
        head: "General Counsel",
        fields: &["Commercial Legal", "Compliance & Privacy"],
        titles: &[
            "Legal Counsel",
            "Compliance Analyst",
            "Paralegal",
            "Privacy Specialist",
        ],
        teams: &["Commercial", "Privacy", "Compliance"],
        on_the_floor: false,
    },
];

pub const UNITS: &[&str] = &["Consumer", "Enterprise", "Marketplace", "Cloud"];

pub const EMPLOYMENT: &[(&str, u32)] = &[
    ("Permanent", 82),
    ("Fixed-term", 8),
    ("Part-time", 5),
    ("Contractor", 3),
    ("Intern", 2),
];

pub const ARRANGEMENTS: &[(&str, u32)] = &[("Hybrid", 55), ("On site", 30), ("Remote", 15)];

/// The six reasons a new Peakon account has.
pub const REASONS: &[(&str, u32)] = &[
    ("Resignation", 52),
    ("End of contract", 18),
    ("Redundancy", 12),
    ("Dismissal", 8),
    ("Retirement", 7),
    ("Other", 3),
];

/// Picks by weight; `roll` is any number.
pub fn pick(weighted: &[(&'static str, u32)], roll: u64) -> &'static str {
    let total: u32 = weighted.iter().map(|(_, weight)| weight).sum();
    let mut left =
        u32::try_from(roll % u64::from(total)).expect("BUG: a remainder of a u32 fits one");
    for (value, weight) in weighted {
        if left < *weight {
            return value;
        }
        left -= weight;
    }
    weighted[0].0
}

/// An option value of exactly 256 characters, the most the service takes.
pub fn longest_option() -> String {
    let mut text = String::with_capacity(256);
    text.push_str("Interim cross-functional working group for the integration of ");
    while text.chars().count() < 256 {
        text.push_str("the warehouse, returns and field service organisations of ");
    }
    text.chars().take(256).collect()
}
