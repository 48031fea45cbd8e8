/**
 * The shapes of `/api/v1`, written from the contract. Instants are RFC 3339 in UTC, days `2026-11-22`,
 * months `2026-11`, ids opaque. Amounts are integers in the smallest unit of their currency.
 */
export type Id = string;
export type Instant = string;
export type Day = string;
export type Month = string;
export type Lang = 'ko' | 'en';
export type Role = 'owner' | 'manager' | 'staff';

export interface Money {
	currency: string;
	amount_minor: number;
}

export interface FieldProblem {
	field: string;
	code: string;
	detail: string;
}

export interface Problem {
	type: string;
	title: string;
	status: number;
	code: string;
	detail?: string;
	fields?: FieldProblem[];
	/** On 401 of `GET /session`: whether a first-run link or a sign-in is what is missing. */
	setup?: 'link_needed' | 'sign_in';
}

export interface Page<T> {
	items: T[];
	next: string | null;
}

/** A machine-readable reason; the words stand in the dictionaries. */
export type Params = Record<string, string | number | null>;
export interface Reason {
	code: string;
	params: Params;
}

/* session and company */
export interface User {
	id: Id;
	name: string;
	email: string;
	role: Role;
	locale: Lang;
}

export interface Company {
	name: string;
	zone: string;
	currency: string;
	week_start: 'monday' | 'sunday';
	locale: Lang;
	margin_percent: number | null;
	discount_percent: number;
	demo: boolean;
	set_up: boolean;
}

export interface Session {
	user: User;
	company: Company;
	live: boolean;
}

export interface Claim {
	valid: true;
	kind: 'first_run' | 'reset';
	email?: string;
}

/* today */
export type CardKind =
	| 'late_regulars'
	| 'new_vips'
	| 'leak'
	| 'import_attention'
	| 'one_visit_away'
	| 'import_finished'
	| 'reactions_parked';

export interface PersonRef {
	id: Id;
	name: string | null;
}

export interface TodayCard {
	/** One card of a kind at a time, so the kind names it. */
	id: CardKind;
	params: Params;
	count: number;
	people: PersonRef[];
	href: string;
	value: Money | null;
	due: Day | null;
}

export type SetUpStep = 'company' | 'import' | 'costs' | 'refit';

export interface Today {
	cards: TodayCard[];
	more: number;
	set_up: { step: SetUpStep; done: boolean }[];
	relationship_share: { share: number | null; previous: number | null; month: Month } | null;
	as_of: Day;
}

/* customers */
export const STATES = ['prospect', 'new', 'active', 'regular', 'dormant', 'lost', 'returned'] as const;
export type State = (typeof STATES)[number];

export interface Rfm {
	r: number;
	f: number;
	m: number;
}

export interface PartyRow {
	id: Id;
	name: string | null;
	/** A masked phone, e-mail or source id: what to call someone without a name. */
	handle: string;
	phone: string | null;
	email: string | null;
	state: State;
	orders: number;
	spend: Money | null;
	first_order: Day | null;
	last_order: Day | null;
	usual_interval_days: number | null;
	days_since: number | null;
	late_ratio: number | null;
	rfm: Rfm | null;
	p_alive: number | null;
	expected_orders: number | null;
	value: Money | null;
	created_at: Instant;
}

export interface PartySummary {
	count: number;
	spend: Money[];
	value: Money[];
}

export interface Contact {
	id: Id;
	kind: 'email' | 'phone' | 'source_id';
	value: string;
	shown: string;
}

export interface Facts {
	orders: number;
	order_days: number;
	spend: { currency: string; amount_minor: number; refunds_minor: number }[];
	average_order: Money | null;
	first_order: Day | null;
	last_order: Day | null;
	usual_interval_days: number | null;
	/** Whether that is the person's own habit, not the company's. */
	own_interval: boolean;
	days_since: number | null;
	due_day: Day | null;
}

export type ScoreName = 'p_alive' | 'expected_orders' | 'value';
/** What a model says, with its 95 % interval; or why it says nothing. */
export interface Score {
	name: ScoreName;
	value: number | null;
	low: number | null;
	high: number | null;
	/** Where it is money. */
	currency: string | null;
	as_of: Day | null;
	missing: Reason | null;
}

export type SuggestionKind =
	| 'call_late_regular'
	| 'win_back'
	| 'thank_vip'
	| 'thank_new_vip'
	| 'welcome'
	| 'invite_again'
	| 'ask_contact'
	| 'none';

export interface PartyCard extends PartyRow {
	contacts: Contact[];
	facts: Facts;
	state_reason: Reason & { changes_at: Day | null };
	scores: Score[];
	suggestion: { kind: SuggestionKind; params: Params } | null;
	products: { name: string; orders: number; last: Day }[];
	sources: { source: string; import: Id | null; at: Instant }[];
	leaving_reason: string | null;
	etag: string;
}

export type ContactKind = 'called' | 'messaged' | 'met';
export type TimelineKind = 'order' | 'refund' | 'visit' | 'note' | 'state' | 'created';

export interface TimelineItem {
	id: Id;
	at: Instant;
	kind: TimelineKind;
	amount: Money | null;
	lines: { product: string | null; quantity: number | null; amount: Money }[];
	text: string | null;
	by: string | null;
	contact: ContactKind | null;
	source: string | null;
	order_no: string | null;
	store: string | null;
	from: State | null;
	to: State | null;
}

export interface LeavingReason {
	code: string;
	avoidable: boolean;
}

export interface SavedView {
	id: Id;
	name: string;
	query: string;
}

export interface SearchResult {
	parties: PartyRow[];
	orders: { order_no: string; source: string; party: PersonRef | null; day: Day; amount: Money }[];
}

/* imports */
export type ImportState = 'uploaded' | 'ready' | 'running' | 'done' | 'failed' | 'undone' | 'undoing';
export type SourceName =
	'cafe24' | 'smartstore' | 'shopify' | 'woocommerce' | 'square' | 'stripe' | 'cdnow' | 'online_retail' | 'generic';

export const PLAN_FIELDS = [
	'customer',
	'email',
	'phone',
	'name',
	'order',
	'line',
	'date',
	'time',
	'product',
	'category',
	'quantity',
	'unit_price',
	'amount',
	'refund',
	'currency',
	'status',
	'store',
	'staff',
	'channel'
] as const;
export type PlanField = (typeof PLAN_FIELDS)[number];

export interface Plan {
	encoding: string;
	delimiter: string;
	source: SourceName;
	account: string;
	header: boolean;
	mapping: Partial<Record<PlanField, number>>;
	currency: string;
	zone: string;
	date_order: 'ymd' | 'dmy' | 'mdy' | null;
}

export interface Probe {
	kind: 'csv' | 'xlsx';
	encoding: string;
	encodings: string[];
	delimiter: string;
	delimiters: string[];
	header_line: number | null;
	columns: string[];
	guesses: { source: SourceName; label: string; score: number }[];
	sample: string[][];
	needs_password: boolean;
}

export interface ImportCounts {
	read: number;
	new: number;
	changed: number;
	unchanged: number;
	invalid: number;
	parties: number;
}

export interface Import {
	id: Id;
	file: string;
	size: number;
	state: ImportState;
	created_at: Instant;
	by: string;
	plan: Plan;
	probe: Probe;
	counts: ImportCounts | null;
	job: JobState | null;
	problem: Problem | null;
	remembered: boolean;
}

export interface PreviewRow {
	line: number;
	customer: string | null;
	name: string | null;
	at: string | null;
	product: string | null;
	quantity: number | null;
	amount: Money | null;
	kind: 'sale' | 'refund' | 'invalid';
	problem?: string;
}

export interface PlannedImport extends Import {
	preview: PreviewRow[];
	plan_problems: FieldProblem[];
}

export interface Fault {
	line: number;
	reason: string;
	code: string;
	raw: string;
}

/* jobs and live updates */
export interface JobState {
	id: Id;
	kind: string;
	state: 'queued' | 'running' | 'done' | 'failed';
	done: number;
	/** 0 when the end is not known yet. */
	total: number;
	phase: string;
	message?: string;
	started_at: Instant | null;
	finished_at: Instant | null;
}

export type Topic = 'parties' | 'imports' | 'today' | 'measure' | 'choose' | 'company' | 'jobs';
