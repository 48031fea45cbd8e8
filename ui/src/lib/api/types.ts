/**
 * The shapes of `/api/v1`, after its description (`schema.d.ts`, generated). Instants are RFC 3339 in UTC, days `2026-11-22`,
 * months `2026-11`, ids opaque. Amounts are integers in the smallest unit of their currency.
 */
import type { Described, Narrow } from './described';

export type Id = string;
export type Instant = string;
export type Day = string;
export type Month = string;
export type Lang = Described<'Locale'>;
export type Role = Described<'Role'>;
export type Scope = Described<'Scope'>;

export type Money = Described<'Money'>;

export type FieldProblem = Described<'FieldProblem'>;

export interface Problem {
	type: string;
	title: string;
	status: number;
	code: string;
	detail?: string;
	fields?: FieldProblem[];
	/** On 401 of `GET /session`: whether a first-run link or a sign-in is what is missing. */
	setup?: 'link_needed' | 'sign_in';
	/** On 410 of a customer who was merged: who stands for them. */
	party?: Id;
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
export type User = Described<'User'>;

export type Company = Described<'Company'>;

export type Session = Described<'Session'>;

export type Claim = Described<'LinkView'>;

/* people who use the program */
export type Team = Described<'Team'>;
export type Colleague = Described<'Colleague'>;
export type OwnSession = Described<'OwnSession'>;
export type OneTimeLink = Described<'OneTimeLink'>;
export type Invited = Described<'Invited'>;
export type KeyScope = Described<'KeyScope'>;
export type ApiKey = Described<'ApiKey'>;
export type MadeKey = ApiKey & { secret: string };
export type Factor = Described<'Factor'>;
export type FactorSetup = Described<'FactorSetup'>;
export type Passkey = Described<'Passkey'>;
export type Sso = Described<'Sso'>;
export type SsoBegin = Described<'SsoBegin'>;
export type SsoOffer = Described<'SsoOffer'>;
export type Identity = Described<'Identity'>;
export type Passkeys = Described<'Passkeys'>;
export type PasskeyMade = Described<'PasskeyMade'>;
export type NewPasskeyOptions = Described<'NewPasskeyOptions'>;
export type PasskeyOptions = Described<'PasskeyOptions'>;
export type Assertion = Described<'Assertion'>;
export type Webhook = Described<'Webhook'>;
export type WebhookDelivery = Described<'WebhookDelivery'>;
export type Shop = Described<'Shop'>;
export type ShopDelivery = Described<'ShopDelivery'>;
export type ShopSecret = Described<'ShopSecret'>;
export type ShopFetch = Described<'ShopFetch'>;
export type Site = Described<'Site'>;
export type SiteCount = Described<'SiteCount'>;
export type SiteFigures = Described<'SiteFigures'>;
export type AccessSettings = Described<'AccessSettings'>;

/* today */
export type CardKind =
	| 'late_regulars'
	| 'new_vips'
	| 'leak'
	| 'import_attention'
	| 'merge_proposals'
	| 'consent_notices'
	| 'follow_ups'
	| 'one_visit_away'
	| 'account_candidates'
	| 'import_finished'
	| 'reactions_parked'
	| 'backup_failed'
	| 'shop_failing'
	| 'privacy_requests';

export type PersonRef = Described<'Person'>;

/** One card of a kind at a time, so the kind names it. */
export type TodayCard = Narrow<Described<'TodayCard'>, { id: CardKind; kind: CardKind; params: Params }>;

export type SetUpStep = 'company' | 'import' | 'costs' | 'refit';

export type Today = Narrow<
	Described<'Today'>,
	{ cards: TodayCard[]; set_up: Narrow<Described<'Step'>, { step: SetUpStep }>[] }
>;

/* customers */
export const STATES = ['prospect', 'new', 'active', 'regular', 'dormant', 'lost', 'returned'] as const;
export type State = (typeof STATES)[number];

export type Rfm = Described<'Rfm'>;

/** `handle` is a masked phone, e-mail or source id: what to call someone without a name. */
export type PartyRow = Narrow<Described<'PartyRow'>, { state: State }>;

export type PartySummary = Described<'Summary'>;

export type Contact = Narrow<Described<'ContactRow'>, { kind: 'email' | 'phone' | 'source_id' }>;

export type Facts = Described<'CardFacts'>;

export type ScoreName = 'p_alive' | 'expected_orders' | 'value';
/** What a model says, with its 95 % interval; or why it says nothing. */
export type Score = Narrow<Described<'CardScore'>, { name: ScoreName; missing: Reason | null }>;

export type SuggestionKind =
	| 'follow_up'
	| 'call_late_regular'
	| 'decide_merge'
	| 'ask_contact'
	| 'win_back'
	| 'second_visit'
	| 'welcome'
	| 'thank_vip';

export type PartyCard = Narrow<
	Described<'PartyCard'>,
	{
		state: State;
		contacts: Contact[];
		state_reason: Reason & { changes_at: Day | null };
		scores: Score[];
		suggestion: { kind: SuggestionKind; params: Params } | null;
	}
>;

export type ContactKind = Described<'Contacted'>;
export type OfferedKind = Described<'OfferedKind'>;
export type TimelineKind =
	| 'order'
	| 'refund'
	| 'visit'
	| 'site_visit'
	| 'note'
	| 'follow_up'
	| 'suggestion'
	| 'need'
	| 'state'
	| 'event'
	| 'consent'
	| 'created'
	| 'request'
	| 'merged'
	| 'unmerged'
	| 'tie'
	| 'untie'
	| 'assessment'
	| 'tier'
	| 'account';

export type EventKind = Described<'EventKind'>;

export type TimelineItem = Narrow<
	Described<'TimelineItem'>,
	{ kind: TimelineKind; contact: ContactKind | null; from: string | null; to: string | null }
>;

/* memos and what follows from them */
export type Occasion =
	| 'birthday'
	| 'anniversary'
	| 'memorial'
	| 'milestone'
	| 'graduation'
	| 'school'
	| 'wedding'
	| 'baby'
	| 'move'
	| 'work'
	| 'opening'
	| 'exam'
	| 'trip'
	| 'army'
	| 'show'
	| 'funeral'
	| 'promise'
	| 'other';
export type FollowUpPlan = Described<'FollowUpPlan'>;
export type FollowUpState = Described<'FollowUpState'>;
export type FollowUp = Narrow<Described<'FollowUp'>, { occasion: Occasion }>;
export type Cue = Narrow<Described<'Cue'>, { occasion: Occasion }>;
export type Sensitive = 'health' | 'belief' | 'union' | 'sexual' | 'crime' | 'resident';
export type ReadMemo = Narrow<Described<'ReadMemo'>, { cues: Cue[]; sensitive: Sensitive | null }>;
export interface NewFollowUp {
	occasion: Occasion;
	title: string;
	day: Day;
	plan: FollowUpPlan;
}

/* what customers want */
export type NeedTopic = Described<'NeedTopic'>;
export type Declared = Described<'Declared'>;
export type Need = Narrow<
	Described<'Need'>,
	{ topic: NeedTopic; declared: Declared | null; observed: Observed | null }
>;
export type Observed = Described<'Observed'>;
export type Question = Described<'Question'>;
export type Answered = Described<'Answered'>;
export type Needs = Narrow<Described<'Needs'>, { needs: Need[]; question: Question | null; answers: Answered[] }>;
export type QuestionResults = Described<'QuestionResults'>;

/* quality of the base */
export type QualityCode = 'reachable' | 'named' | 'single' | 'rows' | 'products';
export type CheckStepName = SetUpStep | 'duplicates' | 'question' | 'memo';
export type Quality = Narrow<Described<'Quality'>, { code: QualityCode }>;
export type QualityReport = Narrow<
	Described<'QualityReport'>,
	{ parts: Quality[]; checklist: Narrow<Described<'CheckStep'>, { step: CheckStepName }>[] }
>;

export type LeavingReason = Described<'LeavingReason'>;

export type SavedView = Described<'SavedView'>;

export type SearchResult = Narrow<Described<'Found'>, { parties: PartyRow[] }>;

/* duplicates and merges */
export type ProposalState = 'open' | 'waiting' | 'dismissed' | 'merged';

export type Side = Narrow<Described<'Side'>, { state: State; contacts: Contact[] }>;

export type Proposal = Narrow<Described<'MergeProposal'>, { sides: Side[] }>;

export type ProposalCounts = Described<'ProposalCounts'>;

export type Decision = Described<'Decision'>;

export type Outcomes = Described<'Outcomes'>;

export type Merge = Described<'Merge'>;

export type Unmerge = Described<'Unmerge'>;

export type Unmerged = Described<'Unmerged'>;

/* imports */
export type ImportState = Described<'State'>;
export type SourceName =
	| 'cafe24'
	| 'smartstore'
	| 'shopify'
	| 'woocommerce'
	| 'square'
	| 'stripe'
	| 'cdnow'
	| 'online_retail'
	| 'generic'
	| 'cafe24_customers'
	| 'shopify_customers'
	| 'woocommerce_customers'
	| 'square_customers'
	| 'stripe_customers'
	| 'customers';

/** Whether the rows of a file of this kind are customers, not lines of orders. */
export const isOfCustomers = (source: SourceName): boolean => source.endsWith('customers');

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
	'channel',
	'other_phone',
	'given_name',
	'family_name',
	'birthday',
	'postal_code',
	'region',
	'city',
	'address',
	'address_detail',
	'tags',
	'grade',
	'note',
	'consent',
	'consent_email',
	'consent_sms'
] as const;
export type PlanField = (typeof PLAN_FIELDS)[number];

export interface Plan {
	encoding: string;
	delimiter: string;
	source: SourceName;
	account: string;
	header: boolean;
	mapping: Partial<Record<PlanField, number>>;
	/** Columns of own fields, by the ids of the fields. */
	own?: Record<string, number>;
	currency: string;
	zone: string;
	date_order: 'ymd' | 'dmy' | 'mdy' | null;
}

export type Probe = Narrow<
	Described<'Probe'>,
	{ kind: 'csv' | 'xlsx'; guesses: Narrow<Described<'SourceGuess'>, { source: SourceName }>[] }
>;

export type ImportCounts = Described<'Counts'>;

export type Import = Narrow<
	Described<'Import'>,
	{ state: ImportState; plan: Plan; probe: Probe; job: JobState | null }
>;

export type PreviewRow = Narrow<Described<'PreviewRow'>, { kind: 'sale' | 'refund' | 'customer' | 'invalid' }>;

export type PlannedImport = Import & { preview: PreviewRow[]; plan_problems: FieldProblem[] };

export type Fault = Described<'ImportFault'>;

/* jobs and live updates */
/** `total` is 0 while the end is not known yet. */
export type JobState = Narrow<Described<'JobState'>, { state: 'queued' | 'running' | 'done' | 'failed' }>;

export type Topic = 'parties' | 'imports' | 'today' | 'measure' | 'choose' | 'company' | 'jobs';

/* every market */
export type MarketRow = Described<'MarketRow'>;
export type Tie = Described<'Tie'>;
export type Address = Described<'Address'>;
export type Birthday = NonNullable<PartyCard['about']['birthday']>;
export type CustomField = Described<'CustomField'>;
