/** The customer card: the state and its reason, scores in words, timeline, composer. */
import type { ContactKind, ScoreName, SourceName, State, SuggestionKind, TimelineKind } from '$lib/api/types';

/** Figures of a suggestion, already written; empty where the server gave none. */
export type AdviceValues = Record<'since' | 'interval' | 'score' | 'orders' | 'day', string>;

/** Values of a reason, already written; empty where the server gave none. */
export type ReasonValues = Record<'since' | 'interval' | 'days_365', string> & {
	/** Whether the interval is their own habit. */
	own: boolean;
};

const now = (since: string): string => (since === '0' ? '오늘도 오셨어요' : `지금 ${since}일째예요`);

const stateReasons: Record<State, (v: ReasonValues) => string> = {
	prospect: () => '아직 주문이 없어요',
	new: (v) =>
		v.since === '0' ? '오늘 처음 오셨어요' : v.since ? `처음 오신 지 ${v.since}일째예요` : '처음 오신 분이에요',
	active: (v) => `보통 ${v.interval}일마다 오시고, ${now(v.since)}`,
	regular: (v) =>
		v.days_365
			? `최근 1년 동안 ${v.days_365}번, 보통 ${v.interval}일마다 오세요. ${now(v.since)}`
			: `보통 ${v.interval}일마다 오시고, ${now(v.since)}`,
	dormant: (v) => `${v.own ? '보통' : '다른 손님은 보통'} ${v.interval}일마다 오시는데 ${v.since}일째예요`,
	lost: (v) =>
		`${v.own ? '보통' : '다른 손님은 보통'} ${v.interval}일마다 ${v.own ? '오셨는데' : '오시는데'} ${v.since}일째 소식이 없어요`,
	returned: (v) =>
		v.since
			? `오래 뜸하시다가 ${v.since === '0' ? '오늘' : `${v.since}일 전에`} 다시 오셨어요`
			: '오래 뜸하시다가 다시 오셨어요'
};

const scores: Record<ScoreName, (value: string) => string> = {
	p_alive: (v) => `다시 오실 가능성이 ${v}`,
	expected_orders: (v) => `앞으로 1년 동안 ${v}번쯤 주문하실 것 같아요`,
	value: (v) => `앞으로의 가치는 ${v}쯤이에요`
};

const kinds: Record<TimelineKind, string> = {
	order: '주문',
	refund: '환불',
	visit: '방문',
	site_visit: '홈페이지 방문',
	note: '메모',
	follow_up: '챙긴 일',
	suggestion: '권한 일',
	need: '취향과 필요',
	state: '상태 변화',
	event: '그 밖의 일',
	consent: '수신 동의',
	created: '등록',
	request: '개인정보 요청',
	merged: '합침',
	unmerged: '나눔',
	tie: '관계',
	untie: '관계 지움',
	assessment: '평가',
	tier: '회원 등급',
	account: '핵심 고객'
};

const contacts: Record<ContactKind, string> = {
	called: '전화했어요',
	messaged: '메시지 보냈어요',
	met: '만났어요'
};

/** Kinds of shops as the timeline names them. */
const shops: Partial<Record<SourceName, string>> = {
	cafe24: '카페24',
	smartstore: '스마트스토어',
	shopify: 'Shopify',
	woocommerce: 'WooCommerce',
	square: 'Square',
	stripe: 'Stripe',
	cdnow: 'CDNOW',
	online_retail: 'Online Retail',
	generic: '주문 파일'
};

export default {
	shops,
	stateReasons,
	changesAt: (day: string, state: string) => `${day}까지 안 오시면 ‘${state}’ 상태가 돼요`,
	changesOn: (day: string) => `${day}에 상태를 다시 살펴요`,
	suggestionTitle: '지금 하면 좋은 일',
	suggestions: {
		call_late_regular: '안부 전화 한 통 드려 보세요. 평소보다 늦으셨어요.',
		win_back: '한번 안부를 여쭤 보세요. 오래 찾아 주시던 분이에요.',
		thank_vip: '고맙다고 전해 보세요. 가장 자주, 많이 찾아 주시는 분이에요.',
		welcome: '처음 오신 분이에요. 어떠셨는지 여쭤 보세요.',
		ask_contact: '다음에 오시면 연락처를 여쭤 보세요. 연락할 길이 아직 없어요.',
		decide_merge: '같은 분인지 살펴보고 정해 주세요.',
		second_visit: '다시 오시도록 안부를 전해 보세요.'
	} as Partial<Record<SuggestionKind, string>>,
	followUpAdvice: (title: string) => `${title}: 오늘 챙겨 주세요.`,
	suggestionReasons: {
		follow_up: (v) => `메모에 적어 둔 날이 되었어요(${v.day}).`,
		call_late_regular: (v) => `보통 ${v.interval}일마다 오시는데 ${v.since}일째예요.`,
		decide_merge: (v) => `다른 기록과 ${v.score}점만큼 닮았어요.`,
		ask_contact: (v) => `${v.orders}번이나 오셨는데 전화번호도 이메일도 없어요.`,
		win_back: (v) => `마지막으로 오신 지 ${v.since}일이 지났어요.`,
		second_visit: (v) => `처음 오신 지 ${v.since}일째예요. 두 번째 방문이 단골을 만들어요.`,
		welcome: (v) => (v.since === '0' ? '오늘 처음 오셨어요.' : `${v.since}일 전에 처음 오셨어요.`),
		thank_vip: () => '최근성, 빈도, 금액이 모두 가장 높아요.'
	} as Record<SuggestionKind, (v: AdviceValues) => string>,
	decideMerge: '살펴보기',
	suggestionDone: '했어요',
	suggestionNotDone: '하지 않을게요',
	suggestionClosed: (state: 'done' | 'not_done', what: string) =>
		state === 'done' ? `함: ${what}` : `하지 않음: ${what}`,
	suggestionNames: {
		call_late_regular: '늦은 단골에게 전화',
		decide_merge: '같은 분인지 정하기',
		ask_contact: '연락처 여쭙기',
		win_back: '뜸한 분께 안부',
		second_visit: '두 번째 방문 권하기',
		welcome: '첫 방문 인사',
		thank_vip: 'VIP에게 감사'
	} as Record<string, string>,
	channelFilter: '어떻게',
	channelAll: '모든 방법',
	channels: { call: '전화', message: '메시지', visit: '대면', store: '매장', online: '온라인' } as Record<
		string,
		string
	>,
	write: '메모 남기기',
	writeCall: '전화하고 메모 남기기',
	stateTitle: '지금 상태',
	scoresTitle: '앞으로',
	scores,
	likely: { high: '매우 높아요', good: '높은 편이에요', low: '낮은 편이에요', poor: '낮아요' },
	interval: (low: string, high: string) => `오차 범위 ${low}–${high}`,
	scoredAt: (when: string) => `${when} 계산`,
	missing: '주문이 조금 더 쌓이면 알 수 있어요.',
	rfmTitle: 'RFM 점수',
	rfm: { r: '최근성', f: '빈도', m: '금액' },
	rfmOf: (n: string) => `5점 중 ${n}점`,
	factsTitle: '지금까지',
	facts: {
		orders: '주문',
		spend: '구매 금액',
		refunds: '환불',
		average: '객단가',
		interval: '구매 주기',
		first: '첫 주문',
		last: '마지막 주문',
		due: '오실 때'
	},
	orderCount: (n: string) => `${n}번`,
	intervalDays: (n: string) => `보통 ${n}일`,
	products: '자주 찾는 것',
	productLine: (n: string, when: string) => `${n}번 · ${when}`,
	contactsTitle: '연락처',
	contactKinds: { phone: '전화', email: '이메일', source_id: '고객 번호' },
	noContact: '적힌 연락처가 없어요',
	copy: '복사',
	copied: '복사했어요.',
	sources: '어디에서',
	edit: '고치기',
	editTitle: '고객 정보 고치기',
	staleEdit: '그사이 다른 곳에서 이 카드를 고쳤어요. 새 내용을 불러왔으니 확인하고 다시 저장해 주세요.',
	name: '이름',
	phone: '전화번호',
	email: '이메일',
	addPhone: '전화번호 더 적기',
	addEmail: '이메일 더 적기',
	back: '고객 목록',
	openFull: '크게 보기',
	composer: '메모',
	composerPlace: '무슨 이야기를 나눴나요?',
	contactQuestion: '연락했나요?',
	contacts,
	saveNote: '메모 남기기',
	noteSaved: '메모를 남겼어요.',
	noteRemoved: '메모를 지웠어요.',
	happening: {
		open: '다른 일 적기',
		title: '있었던 일 적기',
		kind: '무슨 일',
		value: '점수',
		values: { 'bond.started': '유대 단계', 'bond.ended': '유대 단계', 'review.written': '별점' } as Record<
			string,
			string
		>,
		levels: {
			'bond.started': { 1: '1단계 금전적 유대', 2: '2단계 사회적 유대', 3: '3단계 구조적 유대' },
			'bond.ended': { 1: '1단계 금전적 유대', 2: '2단계 사회적 유대', 3: '3단계 구조적 유대' },
			'review.written': { 1: '1점', 2: '2점', 3: '3점', 4: '4점', 5: '5점' }
		} as Record<string, Record<number, string>>,
		note: '메모',
		save: '적기',
		done: '적었어요.'
	},
	visitNow: '오늘 오셨어요',
	visitSaved: '방문을 적었어요.',
	timeline: '활동 기록',
	filterAll: '전체',
	kinds,
	keeper: '담당',
	noKeeper: '담당 없음',
	kindFilter: '기록 종류',
	orderTitle: (what: string, more: string) => (more ? `${what} 외 ${more}개` : what),
	orderPlain: '주문',
	refundPlain: '환불',
	noteRemove: '메모 지우기',
	by: (who: string) => `${who} 적음`,
	lines: '내역 보기',
	quantity: (n: string) => `${n}개`,
	stateChange: (from: string, to: string) => `${from}에서 ${to}`,
	/** 등급이 없던 때나 없어진 때는 빈칸이에요. */
	tierChange: (from: string | null, to: string | null) =>
		to === null
			? `${from ?? ''} 등급에서 내려왔어요`
			: from === null
				? `${to} 등급이 됐어요`
				: `${from}에서 ${to} 등급으로`,
	judged: (what: string, value: string) => `${what} ${value}`,
	accountApproved: '핵심 고객으로 정했어요',
	accountRemoved: '핵심 고객에서 뺐어요',
	stateTo: (to: string) => `${to} 상태`,
	createdText: '카드를 만들었어요',
	requestText: (kind: string, step: string) => `${kind} 요청을 ${step}`,
	requestSteps: { received: '받았어요', answered: '처리해 답했어요', refused: '거절했어요' } as Record<string, string>,
	mergedText: '다른 기록과 합쳤어요',
	unmergedText: '합친 기록을 다시 나누었어요',
	visitText: '다녀가셨어요',
	siteVisitText: (pages: string) => `홈페이지에서 ${pages}쪽을 봤어요`,
	orderNo: (n: string) => `주문번호 ${n}`,
	noTimeline: '아직 기록이 없어요. 나눈 이야기를 메모로 남겨 보세요.',
	noneOfKind: '이런 기록은 아직 없어요.',
	leaving: '발길이 뜸해진 이유를 아시나요?',
	leavingUnknown: '아직 몰라요',
	leavingSaved: '이유를 적었어요.'
};
