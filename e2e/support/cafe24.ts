/**
 * A shop's order export as Cafe24 writes it, in CP949: regulars, some of them later than usual, and people who stopped
 * coming in the last whole month, so that the bucket has holes.
 */
import { cp949 } from './cp949.ts';

const DAY_MS = 86_400_000;
/** Everybody comes this often. */
const INTERVAL_DAYS = 14;
/** Regulars by the usual rule: they came three times or more, last less than one and a half intervals ago. */
const REGULARS = 33;
const REGULAR_SINCE_DAYS = 6;
/** Longer ago than the interval, not yet so long that they are no regulars any more. */
export const LATE = 5;
export const LATE_SINCE_DAYS = 18;
const ORDERS_EACH = 6;
/** Stopped 60 days before: they fell dormant in the month before today's. */
const GONE = 4;
const GONE_SINCE_DAYS = 60;
/** Came once, at that time, and never again. */
const ONCE = 3;

/** All that count as regulars, late or not. */
export const ALL_REGULARS = REGULARS + LATE;

const HEADINGS = [
	'주문번호',
	'품목별 주문번호',
	'결제일시(입금확인일)',
	'주문자명',
	'주문자ID',
	'주문자 휴대전화',
	'주문자 이메일',
	'주문상품명',
	'주문상품명(옵션포함)',
	'수량',
	'판매가',
	'총 결제금액(KRW)',
	'주문 상태'
];
const FAMILY = '김이박최정강조윤장임';
const GIVEN = ['서연', '민준', '지우', '도윤', '하은', '시우', '수아', '지호', '예린', '건우'];
const PRODUCTS: readonly (readonly [string, string, number])[] = [
	['콜드브루', '콜드브루(원액 500ml)', 14_000],
	['드립백', '드립백(10개입)', 12_500],
	['블렌드 원두', '블렌드 원두(200g, 분쇄 안 함)', 16_000]
];

/** The file of a shop on `today` (as 2026-11-21), with as many lines that cannot be read as `broken` says. */
export function cafe24Export(today: string, broken = 0): Buffer {
	const lines = [
		...people(REGULARS, 0, REGULAR_SINCE_DAYS, ORDERS_EACH),
		...people(LATE, 100, LATE_SINCE_DAYS, ORDERS_EACH),
		...people(GONE, 200, GONE_SINCE_DAYS, ORDERS_EACH),
		...people(ONCE, 300, GONE_SINCE_DAYS, 1)
	].map((order) => line(today, order));
	const unreadable = Array.from({ length: broken }, (_, n) => lines[n]!.replace(/,20\d\d-\d\d-\d\d/, ',언젠가'));
	return cp949([HEADINGS.join(','), ...lines, ...unreadable].join('\r\n') + '\r\n');
}

/** How many orders the file holds. */
export const ORDERS = (REGULARS + LATE + GONE) * ORDERS_EACH + ONCE;

interface Order {
	person: number;
	daysAgo: number;
}

function people(count: number, from: number, sinceDays: number, orders: number): Order[] {
	return Array.from({ length: count }, (_, n) =>
		Array.from({ length: orders }, (_, order) => ({ person: from + n, daysAgo: sinceDays + order * INTERVAL_DAYS }))
	).flat();
}

function line(today: string, { person, daysAgo }: Order): string {
	const day = new Date(Date.parse(today) - daysAgo * DAY_MS).toISOString().slice(0, 10);
	const number = String(person).padStart(4, '0');
	const order = `${day.replaceAll('-', '')}-${number}`;
	const [product, option, price] = PRODUCTS[person % PRODUCTS.length]!;
	const name = FAMILY[person % 10]! + GIVEN[Math.floor(person / 10) % 10]!;
	const who = [name, `shopper${number}`, `010-2345-${number}`, `shopper${number}@example.net`];
	const what = [product, `"${option}"`, '1', price, price, '배송완료'];
	return [order, `${order}-01`, `${day} 11:20:00`, ...who, ...what].join(',');
}
