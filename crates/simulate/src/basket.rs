//! The menu, and what goes with what.
//!
//! A basket starts from one product and may draw in its complements. The chances of [`COMPLEMENTS`] are far above the
//! chance of a product joining any other basket, so that association rules have something true to find.

use crate::{Channel, draw::Draw};

/// Something on the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// Name on the menu.
    pub name: &'static str,
    /// Shelf: 커피, 차, 베이커리, 원두 or 용품.
    pub category: &'static str,
    /// Price of one piece in won.
    pub price_minor: i64,
}

const fn product(name: &'static str, category: &'static str, price_minor: i64) -> Product {
    Product { name, category, price_minor }
}

/// The menu. [`COMPLEMENTS`] and the weights below refer to its places.
pub const PRODUCTS: [Product; 14] = [
    product("아메리카노", "커피", 4_500),
    product("카페라떼", "커피", 5_000),
    product("플랫화이트", "커피", 5_200),
    product("콜드브루", "커피", 5_500),
    product("바닐라라떼", "커피", 5_800),
    product("유자차", "차", 5_500),
    product("크루아상", "베이커리", 4_200),
    product("버터스콘", "베이커리", 3_800),
    product("치즈케이크", "베이커리", 6_800),
    product("소금빵", "베이커리", 3_500),
    product("온기 블렌드 200g", "원두", 16_000),
    product("예가체프 200g", "원두", 19_000),
    product("드립 필터 100매", "용품", 6_000),
    product("텀블러", "용품", 24_000),
];

/// How often a basket over the counter starts from each product.
const STORE_WEIGHTS: [f64; 14] = [34.0, 18.0, 8.0, 9.0, 8.0, 5.0, 4.0, 3.0, 2.0, 3.0, 3.0, 2.0, 0.5, 0.5];
/// The same for the web shop, which cannot send coffee by the cup.
const ONLINE_WEIGHTS: [f64; 14] = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 60.0, 32.0, 2.0, 6.0];

/// (in the basket, joins it, with this probability)
const COMPLEMENTS: [(usize, usize, f64); 8] = [
    (0, 6, 0.30),
    (1, 7, 0.22),
    (2, 8, 0.20),
    (3, 9, 0.28),
    (5, 7, 0.25),
    (10, 12, 0.45),
    (11, 12, 0.50),
    (10, 11, 0.12),
];

/// Chance that something from the bakery joins for no reason at all.
const WHIM: f64 = 0.06;
/// Chance that a regular orders what she always orders.
const HABIT: f64 = 0.6;

/// A product of the menu and how many pieces.
pub(crate) type Item = (&'static Product, u32);

/// What a person would start a basket with on most days.
pub(crate) fn favourite(draw: &mut Draw) -> usize {
    draw.weighted(STORE_WEIGHTS[..6].iter().copied())
}

/// What is bought at once: at least one item, no product twice.
pub(crate) fn basket(draw: &mut Draw, channel: Channel, favourite: usize) -> Vec<Item> {
    let first = match channel {
        Channel::Online => draw.weighted(ONLINE_WEIGHTS.into_iter()),
        Channel::Store if draw.chance(HABIT) => favourite,
        Channel::Store => draw.weighted(STORE_WEIGHTS.into_iter()),
    };
    let mut places = vec![first];
    for (with, joins, chance) in COMPLEMENTS {
        if with == first && draw.chance(chance) {
            places.push(joins);
        }
    }
    if channel == Channel::Store && draw.chance(WHIM) {
        let whim = 6 + draw.below(4) as usize;
        if !places.contains(&whim) {
            places.push(whim);
        }
    }
    places.into_iter().map(|place| (&PRODUCTS[place], pieces(draw))).collect()
}

fn pieces(draw: &mut Draw) -> u32 {
    1 + draw.weighted([86.0, 11.0, 3.0].into_iter()) as u32
}
