//! Names, offices and languages of the countries the sample company works in.
//!
//! A list entry is either a Latin name, whose e-mail spelling is found by dropping diacritics, or `native=spelling`.
//! Family names are spelled differently in every country, so that an e-mail address made of given and family name
//! belongs to one country; [`super::shape`] then makes it unique inside the country. Some Vietnamese names are written with
//! combining marks (decomposed) on purpose: a search must find them however they are typed.

/// One country: who works there and where.
pub struct Country {
    pub name: &'static str,
    /// Share of the people, in no particular unit.
    pub weight: u32,
    pub locale: &'static str,
    pub offices: &'static [Office],
    pub dialling: &'static str,
    pub female: Vec<Name>,
    pub male: Vec<Name>,
    pub family: Vec<Name>,
    /// Which country's share a region's business unit gets.
    pub region: &'static str,
}

pub struct Office {
    pub city: &'static str,
    pub timezone: &'static str,
}

/// A name as people write it, and as the mail system spells it.
pub struct Name {
    pub native: &'static str,
    pub spelling: String,
}

struct Source {
    name: &'static str,
    weight: u32,
    region: &'static str,
    locale: &'static str,
    dialling: &'static str,
    offices: &'static [Office],
    female: &'static str,
    male: &'static str,
    family: &'static str,
}

const fn office(city: &'static str, timezone: &'static str) -> Office {
    Office { city, timezone }
}

/// Every country, in a fixed order: the order is part of what a seed means.
pub fn countries() -> Vec<Country> {
    SOURCES
        .iter()
        .map(|source| Country {
            name: source.name,
            weight: source.weight,
            locale: source.locale,
            offices: source.offices,
            dialling: source.dialling,
            female: parse(source.female),
            male: parse(source.male),
            family: parse(source.family),
            region: source.region,
        })
        .collect()
}

fn parse(list: &'static str) -> Vec<Name> {
    list.split(',')
        .map(|entry| match entry.split_once('=') {
            Some((native, spelling)) => Name {
                native,
                spelling: spelling.to_owned(),
            },
            None => Name {
                native: entry,
                spelling: spell(entry),
            },
        })
        .collect()
}

/// The mail system's spelling of a Latin name: lower case, no diacritics, no spaces or apostrophes.
pub fn spell(name: &str) -> String {
    let mut spelled = String::with_capacity(name.len());
    for character in name.chars().flat_map(char::to_lowercase) {
        match character {
            'a'..='z' | '-' => spelled.push(character),
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' | 'ă' => spelled.push('a'),
            'ç' | 'ć' | 'č' => spelled.push('c'),
            'ð' | 'đ' => spelled.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' => spelled.push('e'),
            'ğ' => spelled.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ı' => spelled.push('i'),
            'ł' => spelled.push('l'),
            'ñ' | 'ń' => spelled.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => spelled.push('o'),
            'ś' | 'ş' | 'š' => spelled.push('s'),
            'ù' | 'ú' | 'û' | 'ü' => spelled.push('u'),
            'ý' => spelled.push('y'),
            'ź' | 'ż' | 'ž' => spelled.push('z'),
            'ß' => spelled.push_str("ss"),
            'æ' => spelled.push_str("ae"),
            'œ' => spelled.push_str("oe"),
            _ => {}
        }
    }
    spelled
}

const SOURCES: &[Source] = &[
    Source {
        name: "United States",
        weight: 17,
        region: "Americas",
        locale: "en-US",
        dialling: "+1 555",
        offices: &[
            office("New York", "America/New_York"),
            office("Austin", "America/Chicago"),
            office("San Francisco", "America/Los_Angeles"),
            office("Chicago", "America/Chicago"),
        ],
        female: "Olivia,Ava,Charlotte,Amelia,Harper,Evelyn,Abigail,Emily,Ella,Madison,Grace,Zoe,Nora,Hannah,Natalie,Brooklyn,Savannah,Audrey,Claire,Skylar,Ruby,Naomi,Jasmine,Vivian,Maya",
        male: "Liam,Noah,Oliver,Elijah,James,William,Benjamin,Lucas,Henry,Theodore,Mason,Ethan,Jackson,Carter,Wyatt,Jayden,Luke,Isaac,Gabriel,Anthony,Dylan,Leo,Lincoln,Jaxon,Asher",
        family: "Johnson,Williams,Brown,Jones,Miller,Davis,Wilson,Anderson,Thomas,Jackson,Thompson,White,Harris,Robinson,Walker,Young,Allen,King,Wright,Hill,Flores,Green,Adams,Nelson,Baker,Hall,Rivera,Campbell,Mitchell,Carter,Roberts,Phillips,Evans,Turner,Parker,Collins,Edwards,Stewart,Morris,Murphy",
    },
    Source {
        name: "United Kingdom",
        weight: 10,
        region: "EMEA",
        locale: "en-GB",
        dialling: "+44 7700",
        offices: &[
            office("London", "Europe/London"),
            office("Manchester", "Europe/London"),
            office("Edinburgh", "Europe/London"),
        ],
        female: "Isla,Poppy,Freya,Florence,Willow,Rosie,Phoebe,Imogen,Gemma,Harriet,Beatrice,Matilda,Georgina,Eleanor,Victoria,Alice,Lucy,Bethany,Rhiannon,Siân",
        male: "George,Arthur,Alfie,Archie,Oscar,Freddie,Rhys,Callum,Hamish,Angus,Rupert,Giles,Nigel,Edward,Hugo,Toby,Dominic,Graham,Owain,Stuart",
        family: "Smith,Taylor,Davies,Hughes,Clarke,Cooper,Wood,Ward,Bennett,Gray,Cox,Marshall,Fletcher,Ashworth,Pemberton,Whitaker,Holloway,Radcliffe,Barnes,Chambers,Hargreaves,Llewellyn,MacDonald,McGregor,Sinclair,Thornton,Wainwright,Yates,Beckett,Cartwright",
    },
    Source {
        name: "Germany",
        weight: 12,
        region: "EMEA",
        locale: "de-DE",
        dialling: "+49 151",
        offices: &[
            office("Berlin", "Europe/Berlin"),
            office("Munich", "Europe/Berlin"),
            office("Hamburg", "Europe/Berlin"),
        ],
        female: "Hannah,Mia,Lena,Lea,Leonie,Anna,Johanna,Katharina,Franziska,Jürgena,Ulrike,Sabine,Heike,Petra,Birgit,Käthe,Anneliese,Greta,Frieda,Theresa",
        male: "Lukas,Finn,Jonas,Felix,Maximilian,Jürgen,Günther,Björn,Matthias,Stefan,Andreas,Wolfgang,Klaus,Uwe,Torsten,Jörg,Hans-Peter,Niklas,Moritz,Florian",
        family: "Müller,Schmidt,Schneider,Fischer,Weber,Meyer,Wagner,Becker,Schulz,Hoffmann,Schäfer,Koch,Bauer,Richter,Klein,Wolf,Schröder,Neumann,Schwarz,Zimmermann,Braun,Krüger,Hofmann,Hartmann,Lange,Werner,Krause,Lehmann,Köhler,Großmann,Weiß,Jäger,Böhm,Vögele,Kühn,von der Heide",
    },
    Source {
        name: "France",
        weight: 8,
        region: "EMEA",
        locale: "fr-FR",
        dialling: "+33 6",
        offices: &[
            office("Paris", "Europe/Paris"),
            office("Lyon", "Europe/Paris"),
            office("Nantes", "Europe/Paris"),
        ],
        female: "Chloé,Léa,Manon,Inès,Camille,Zoé,Élise,Éloïse,Margaux,Hélène,Amélie,Océane,Anaïs,Joséphine,Agathe,Clémence,Solène,Maëlle,Noémie,Apolline",
        male: "Gabriel,Raphaël,Louis,Jules,Hugo,Théo,Clément,François,Jérôme,Rémi,Benoît,Étienne,Loïc,Gaël,Aurélien,Maël,Grégoire,Quentin,Jean-Baptiste,Sébastien",
        family: "Martin,Bernard,Dubois,Durand,Moreau,Laurent,Lefèvre,Leroy,Roux,Fournier,Girard,Bonnet,Dupont,Lambert,Fontaine,Rousseau,Blanchard,Guérin,Faure,Mercier,Boyer,Chevalier,Gauthier,Perrin,Béranger,D'Aubigné,Delacroix,Lécuyer,Saint-Clair,Vaillancourt",
    },
    Source {
        name: "Poland",
        weight: 7,
        region: "EMEA",
        locale: "pl-PL",
        dialling: "+48 601",
        offices: &[
            office("Warsaw", "Europe/Warsaw"),
            office("Kraków", "Europe/Warsaw"),
            office("Gdańsk", "Europe/Warsaw"),
        ],
        female: "Zuzanna,Julia,Maja,Hanna,Małgorzata,Agnieszka,Katarzyna,Łucja,Elżbieta,Grażyna,Bożena,Wioletta,Iwona,Dorota,Jadwiga,Kinga,Żaneta,Aniela",
        male: "Antoni,Jan,Jakub,Szymon,Stanisław,Paweł,Michał,Łukasz,Wojciech,Krzysztof,Grzegorz,Sławomir,Zbigniew,Bartłomiej,Przemysław,Miłosz,Kazimierz,Tadeusz",
        family: "Nowak,Wójcik,Kowalczyk,Woźniak,Mazur,Krawczyk,Kaczmarek,Zając,Król,Wróbel,Wieczorek,Jabłoń,Stępień,Michalak,Szewczyk,Pietrzak,Duda,Walczak,Baran,Szulc,Cieślak,Kołodziej,Górka,Włodarczyk,Sobczak,Gołąb,Śliwa,Żak",
    },
    Source {
        name: "Sweden",
        weight: 4,
        region: "EMEA",
        locale: "sv-SE",
        dialling: "+46 70",
        offices: &[
            office("Stockholm", "Europe/Stockholm"),
            office("Göteborg", "Europe/Stockholm"),
        ],
        female: "Alma,Astrid,Elsa,Ebba,Saga,Märta,Åsa,Gunilla,Linnéa,Ingrid,Maj-Britt,Sigrid,Tuva,Ylva,Agnes",
        male: "Axel,Nils,Gustav,Viggo,Åke,Göran,Håkan,Sören,Björn,Mårten,Rasmus,Love,Ture,Lennart,Östen",
        family: "Andersson,Johansson,Karlsson,Nilsson,Eriksson,Larsson,Svensson,Lindström,Lindqvist,Bergström,Sjöberg,Åkesson,Öberg,Hedlund,Norén,Söderlund,Wallin,Nyström,Holmgren,Ström,Ekdahl,Fälth",
    },
    Source {
        name: "Spain",
        weight: 5,
        region: "EMEA",
        locale: "es-ES",
        dialling: "+34 6",
        offices: &[
            office("Madrid", "Europe/Madrid"),
            office("Barcelona", "Europe/Madrid"),
        ],
        female: "Lucía,María,Martina,Valeria,Begoña,Inmaculada,Rocío,Nuria,Sofía,Ángela,Concepción,Paloma,Carmen,Montserrat,Itziar,Noelia",
        male: "Mateo,Hugo,Álvaro,Íñigo,Iker,Joaquín,Ramón,Andrés,Jesús,Fermín,Gonzalo,Javier,Nicolás,Óscar,Tomás,Rubén",
        family: "García,Rodríguez,González,Fernández,López,Martínez,Sánchez,Pérez,Gómez,Jiménez,Ruiz,Hernández,Díaz,Moreno,Muñoz,Álvarez,Romero,Navarro,Iglesias,Núñez,Cañas,Ibáñez,Peña,Ordóñez",
    },
    Source {
        name: "Ireland",
        weight: 3,
        region: "EMEA",
        locale: "en-IE",
        dialling: "+353 85",
        offices: &[
            office("Dublin", "Europe/Dublin"),
            office("Cork", "Europe/Dublin"),
        ],
        female: "Saoirse,Aoife,Caoimhe,Niamh,Órla,Róisín,Siobhán,Gráinne,Éabha,Clodagh,Deirdre,Maeve",
        male: "Cillian,Oisín,Fionn,Tadhg,Darragh,Seán,Pádraig,Eoin,Diarmuid,Cormac,Rónán,Ciarán",
        family: "O'Brien,O'Sullivan,Ó Conaill,Ní Bhriain,Byrne,Kelly,McCarthy,Doyle,Gallagher,O'Doherty,Kavanagh,Fitzgerald,Brennan,Mac Giolla,Quinn,Ó Súilleabháin",
    },
    Source {
        name: "Türkiye",
        weight: 3,
        region: "EMEA",
        locale: "tr-TR",
        dialling: "+90 532",
        offices: &[
            office("İstanbul", "Europe/Istanbul"),
            office("Ankara", "Europe/Istanbul"),
        ],
        female: "Zeynep,Elif,Ayşe,Büşra,Gülşen,Çiğdem,Işıl,Şeyma,Özge,Tuğba,Nurgül,Derya",
        male: "Yusuf,Mehmet,Ömer,Çağrı,Barış,Doğukan,Oğuz,Şükrü,Gökhan,Volkan,Kağan,Emre",
        family: "Yılmaz,Kaya,Demir,Şahin,Çelik,Yıldız,Yıldırım,Öztürk,Aydın,Özdemir,Arslan,Doğan,Kılıç,Aslan,Çetin,Koç,Kurt,Şimşek",
    },
    Source {
        name: "Ukraine",
        weight: 4,
        region: "EMEA",
        locale: "uk-UA",
        dialling: "+380 67",
        offices: &[office("Kyiv", "Europe/Kyiv"), office("Lviv", "Europe/Kyiv")],
        female: "Олена=olena,Марія=mariia,Наталія=nataliia,Оксана=oksana,Катерина=kateryna,Ірина=iryna,Юлія=yuliia,Тетяна=tetiana,Софія=sofiia,Анастасія=anastasiia,Людмила=liudmyla,Ганна=hanna,Дарина=daryna,Світлана=svitlana",
        male: "Олександр=oleksandr,Андрій=andrii,Дмитро=dmytro,Сергій=serhii,Іван=ivan,Микола=mykola,Тарас=taras,Богдан=bohdan,Юрій=yurii,Василь=vasyl,Максим=maksym,Олег=oleh,Ярослав=yaroslav,Петро=petro",
        family: "Шевченко=shevchenko,Бондаренко=bondarenko,Ткаченко=tkachenko,Кравченко=kravchenko,Коваленко=kovalenko,Олійник=oliinyk,Шевчук=shevchuk,Поліщук=polishchuk,Мельник=melnyk,Лисенко=lysenko,Марченко=marchenko,Савченко=savchenko,Руденко=rudenko,Петренко=petrenko,Гончаренко=honcharenko,Мороз=moroz,Павленко=pavlenko,Єфименко=yefymenko,Ґалаґан=galagan,Захарченко=zakharchenko",
    },
    Source {
        name: "Serbia",
        weight: 2,
        region: "EMEA",
        locale: "sr-RS",
        dialling: "+381 63",
        offices: &[
            office("Belgrade", "Europe/Belgrade"),
            office("Novi Sad", "Europe/Belgrade"),
        ],
        female: "Јелена=jelena,Милица=milica,Драгана=dragana,Љиљана=ljiljana,Весна=vesna,Снежана=snezana,Ивана=ivana,Тијана=tijana,Невена=nevena,Сања=sanja",
        male: "Милан=milan,Никола=nikola,Стефан=stefan,Ђорђе=djordje,Зоран=zoran,Душан=dusan,Вук=vuk,Небојша=nebojsa,Љубомир=ljubomir,Жељко=zeljko",
        family: "Петровић=petrovic,Јовановић=jovanovic,Николић=nikolic,Марковић=markovic,Ђорђевић=djordjevic,Стојановић=stojanovic,Павловић=pavlovic,Милошевић=milosevic,Тодоровић=todorovic,Ристић=ristic,Живковић=zivkovic,Филиповић=filipovic",
    },
    Source {
        name: "Egypt",
        weight: 3,
        region: "EMEA",
        locale: "ar-EG",
        dialling: "+20 100",
        offices: &[
            office("Cairo", "Africa/Cairo"),
            office("Alexandria", "Africa/Cairo"),
        ],
        female: "فاطمة=fatma,مريم=mariam,نور=nour,سارة=sara,ياسمين=yasmin,هبة=heba,منى=mona,آية=aya,رانيا=rania,دينا=dina,سلمى=salma,إيمان=eman",
        male: "محمد=mohamed,أحمد=ahmed,عمر=omar,يوسف=youssef,خالد=khaled,مصطفى=mostafa,كريم=karim,حسن=hassan,طارق=tarek,إبراهيم=ibrahim,سامي=sami,هشام=hesham",
        family: "عبد الرحمن=abdelrahman,السيد=elsayed,منصور=mansour,إسماعيل=ismail,فؤاد=fouad,سليمان=soliman,الشناوي=elshenawy,زكي=zaki,نجيب=naguib,عوض=awad,رمضان=ramadan,الخطيب=elkhatib,شاهين=shaheen,بدوي=badawi",
    },
    Source {
        name: "India",
        weight: 9,
        region: "APAC",
        locale: "en-IN",
        dialling: "+91 98",
        offices: &[
            office("Bengaluru", "Asia/Kolkata"),
            office("Pune", "Asia/Kolkata"),
            office("Hyderabad", "Asia/Kolkata"),
        ],
        female: "Aadhya,Ananya,Diya,Priya,Kavya,Lakshmi,Meera,Neha,Pooja,Riya,Shreya,Sunita,Anjali,Deepika,Ishita,Nandini,Radhika,Swati,Tanvi,Vidya",
        male: "Aarav,Arjun,Vihaan,Rohan,Aditya,Rahul,Vikram,Sanjay,Suresh,Karthik,Pranav,Nikhil,Manish,Harsh,Gaurav,Ashwin,Dev,Ishaan,Kunal,Raghav",
        family: "Sharma,Patel,Kumar,Gupta,Reddy,Nair,Iyer,Menon,Rao,Mehta,Desai,Joshi,Kulkarni,Chatterjee,Banerjee,Mukherjee,Bose,Singh,Kapoor,Malhotra,Verma,Pillai,Krishnan,Subramanian,Venkataraman,Agarwal,Bhat,Choudhary,Saxena,Trivedi",
    },
    Source {
        name: "Japan",
        weight: 6,
        region: "APAC",
        locale: "ja-JP",
        dialling: "+81 90",
        offices: &[office("Tokyo", "Asia/Tokyo"), office("Osaka", "Asia/Tokyo")],
        female: "陽菜=hina,結衣=yui,さくら=sakura,美咲=misaki,葵=aoi,愛子=aiko,由美=yumi,恵子=keiko,真理=mari,千尋=chihiro,直美=naomi,香織=kaori,裕子=yuko,智子=tomoko,彩=aya",
        male: "翔太=shota,蓮=ren,大輝=daiki,健太=kenta,拓也=takuya,陽翔=haruto,直樹=naoki,和也=kazuya,浩=hiroshi,誠=makoto,隆=takashi,亮=ryo,悠斗=yuto,剛=tsuyoshi,哲也=tetsuya",
        family: "佐藤=sato,鈴木=suzuki,高橋=takahashi,田中=tanaka,伊藤=ito,渡辺=watanabe,山本=yamamoto,中村=nakamura,小林=kobayashi,加藤=kato,吉田=yoshida,山田=yamada,佐々木=sasaki,山口=yamaguchi,松本=matsumoto,井上=inoue,木村=kimura,林=hayashi,斎藤=saito,清水=shimizu,山崎=yamazaki,森=mori,池田=ikeda,橋本=hashimoto,阿部=abe,石川=ishikawa",
    },
    Source {
        name: "China",
        weight: 5,
        region: "APAC",
        locale: "zh-CN",
        dialling: "+86 138",
        offices: &[
            office("Shanghai", "Asia/Shanghai"),
            office("Shenzhen", "Asia/Shanghai"),
        ],
        female: "欣怡=xinyi,梓涵=zihan,雨桐=yutong,静=jing,丽=li,敏=min,芳=fang,秀英=xiuying,晓梅=xiaomei,婷婷=tingting,雪=xue,美玲=meiling,思雨=siyu",
        male: "浩宇=haoyu,伟=wei,强=qiang,磊=lei,军=jun,建国=jianguo,志强=zhiqiang,俊杰=junjie,子轩=zixuan,明=ming,鹏=peng,涛=tao,宇航=yuhang",
        family: "王=wang,李=lee,张=zhang,刘=liu,陈=chen,杨=yang,黄=huang,赵=zhao,吴=wu,周=zhou,徐=xu,孙=sun,马=ma,朱=zhu,胡=hu,郭=guo,何=he,高=gao,罗=luo,欧阳=ouyang,司马=sima,诸葛=zhuge",
    },
    Source {
        name: "South Korea",
        weight: 3,
        region: "APAC",
        locale: "ko-KR",
        dialling: "+82 10",
        offices: &[office("Seoul", "Asia/Seoul"), office("Busan", "Asia/Seoul")],
        female: "서연=seoyeon,민서=minseo,지우=jiwoo,하윤=hayoon,수빈=subin,은지=eunji,혜진=hyejin,미영=miyoung,지현=jihyun,유나=yuna",
        male: "민준=minjun,서준=seojun,도윤=doyoon,지훈=jihoon,현우=hyunwoo,성민=sungmin,동현=donghyun,준호=junho,태양=taeyang,영수=youngsoo",
        family: "김=kim,이=yi,박=park,최=choi,정=jung,강=kang,조=cho,윤=yoon,장=jang,임=lim,한=han,오=oh,서=seo,신=shin,권=kwon,황보=hwangbo",
    },
    Source {
        name: "Vietnam",
        weight: 3,
        region: "APAC",
        locale: "vi-VN",
        dialling: "+84 90",
        offices: &[
            office("Ho Chi Minh City", "Asia/Ho_Chi_Minh"),
            office("Hanoi", "Asia/Ho_Chi_Minh"),
        ],
        female: "Hương=huong,Linh=linh,Thảo=thao,Ngọc Ánh=ngocanh,Phu\u{31b}o\u{31b}ng=phuong,Thúy=thuy,Ye\u{302}\u{301}n=yen,Mai=mai,Quỳnh=quynh,Trang=trang",
        male: "Minh=minh,Đức=duc,Tua\u{302}\u{301}n=tuan,Hùng=hung,Dũng=dung,Quang=quang,Thành=thanh,Kho\u{302}i=khoi,Vie\u{323}\u{302}t=viet,Long=long",
        family: "Nguye\u{302}\u{303}n=nguyen,Trần=tran,Lê=le,Pha\u{323}m=pham,Hoàng=hoang,Phan=phan,Vũ=vu,Đặng=dang,Bùi=bui,Đỗ=do,Hồ=ho,Ngô=ngo,Dương=duong,Lý=ly,Huỳnh=huynh",
    },
    Source {
        name: "Brazil",
        weight: 6,
        region: "Americas",
        locale: "pt-BR",
        dialling: "+55 11",
        offices: &[
            office("São Paulo", "America/Sao_Paulo"),
            office("Florianópolis", "America/Sao_Paulo"),
        ],
        female: "Helena,Júlia,Beatriz,Letícia,Larissa,Fernanda,Conceição,Antônia,Patrícia,Luíza,Débora,Cecília,Vitória,Thaís,Lívia,Isadora",
        male: "Miguel,Davi,João,Antônio,Caio,Thiago,Luís,Vinícius,Márcio,Fábio,Estêvão,Murilo,Renato,Otávio,Heitor,Zé Carlos",
        family: "Silva,Santos,Oliveira,Souza,Lima,Pereira,Ferreira,Costa,Almeida,Nascimento,Alves,Carvalho,Araújo,Ribeiro,Gonçalves,Barbosa,Rocha,Dias,Monteiro,Conceição,Magalhães,Assunção,Guimarães,Falcão",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_family_name_is_spelled_so_in_one_country_only() {
        let mut seen = HashSet::new();
        for country in countries() {
            for family in &country.family {
                assert!(
                    seen.insert(family.spelling.clone()),
                    "{} is used twice: e-mails would collide",
                    family.spelling
                );
            }
        }
    }

    #[test]
    fn given_names_of_a_country_are_spelled_apart() {
        for country in countries() {
            let mut seen = HashSet::new();
            for given in country.female.iter().chain(&country.male) {
                assert!(
                    !given.spelling.is_empty(),
                    "{} has no spelling",
                    given.native
                );
                assert!(
                    seen.insert(given.spelling.clone()),
                    "{} is used twice in {}",
                    given.spelling,
                    country.name
                );
            }
        }
    }

    #[test]
    fn no_spelling_needs_quoting_in_an_address() {
        for country in countries() {
            for name in country
                .female
                .iter()
                .chain(&country.male)
                .chain(&country.family)
            {
                assert!(
                    name.spelling
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b == b'-'),
                    "{} is spelled {}",
                    name.native,
                    name.spelling
                );
            }
        }
    }
}
