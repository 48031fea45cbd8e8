/** Who may be entered twice: the pair, why, merging and taking it back. */
import { josa } from '../particle';

type Word = (one: string, other: string) => string;

/** What speaks for or against a pair; the two values are empty where a side has none. */
const signals: Record<string, Word> = {
	name_same: () => '이름이 같아요',
	name_alike: (one, other) => `이름이 한 글자쯤 달라요 (${one} · ${other})`,
	name_differs: () => '이름이 달라요',
	phone_shared: (one) => `같은 전화번호로 주문했어요 (${one})`,
	phone_alike: (one, other) => `전화번호가 비슷해요 (${one} · ${other})`,
	phone_differs: () => '전화번호가 달라요',
	email_shared: (one) => `같은 메일함을 써요 (${one})`,
	email_alike: (one, other) => `이메일이 비슷해요 (${one} · ${other})`,
	email_differs: () => '이메일이 달라요',
	two_ids: (one, other) => `같은 가게의 고객 번호가 둘이에요 (${one} · ${other})`
};

export default {
	title: '같은 분일까요?',
	short: '같은 고객 찾기',
	lead: '두 번 적힌 것 같은 고객이에요. 합쳐도 언제든 그대로 되돌릴 수 있어요.',
	search: '다시 찾아보기',
	searching: '같은 고객이 있는지 찾고 있어요.',
	tabs: { open: '살펴볼 분', waiting: '나중에', dismissed: '다른 분', merged: '합친 기록' },
	tabsLabel: '두 기록의 상태',
	emptyTitle: '두 번 적힌 고객이 없어요',
	emptyText: '주문을 가져올 때마다 살펴보고, 같은 분 같으면 여기에서 여쭤 볼게요.',
	emptyOther: '아직 아무도 없어요.',
	sure: { high: '거의 확실해요', good: '같은 분 같아요', even: '살펴봐 주세요', low: '다른 분일 수 있어요' },
	score: (n: string) => `가능성 ${n}%`,
	because: '이렇게 본 까닭',
	record: '기록',
	stays: '남길 기록',
	staysOf: (who: string) => `${who} 기록을 남겨요`,
	joined: '합치면',
	joinedText: (orders: string, spend: string, contacts: string) =>
		[`주문 ${orders}번`, spend, `연락처 ${contacts}개`].filter(Boolean).join(' · '),
	rows: {
		name: '이름',
		phone: '전화',
		email: '이메일',
		source_id: '고객 번호',
		orders: '주문',
		spend: '구매 금액',
		first: '첫 주문',
		last: '마지막 주문',
		created: '등록'
	},
	merge: '합치기',
	dismiss: '다른 분이에요',
	later: '나중에',
	reopen: '다시 살펴보기',
	choose: (who: string) => `${who} 고르기`,
	pairOf: (one: string, other: string) => `${josa(one, '과/와')} ${other}`,
	chosen: (n: string) => `${n}쌍 골랐어요`,
	chooseAll: '보이는 쌍 모두 고르기',
	chooseSure: '거의 확실한 쌍 고르기',
	mergeAll: (n: string) => `${n}쌍 합치기`,
	dismissAll: '모두 다른 분이에요',
	laterAll: '모두 나중에',
	clear: '고르기 취소',
	merged: (who: string) => `${josa(who, '으로/로')} 합쳤어요.`,
	mergedMany: (n: string) => `${n}쌍을 합쳤어요.`,
	dismissed: '다른 분으로 적어 두었어요. 다시 여쭤 보지 않을게요.',
	put_off: '일주일 뒤에 다시 여쭤 볼게요.',
	reopened: '다시 살펴볼 수 있어요.',
	settled: '그사이 다른 사람이 먼저 정했어요.',
	keys: 'j·k 이동 · m 합치기 · d 다른 분 · l 나중에 · s 남길 기록 바꾸기 · x 고르기',
	signals,
	ledgerLine: (absorbed: string, survivor: string) => `${josa(absorbed, '을/를')} ${josa(survivor, '으로/로')} 합침`,
	ledgerBy: (who: string, when: string) => `${who} · ${when}`,
	undone: (who: string, when: string) => `${when}에 ${who}님이 되돌렸어요`,
	undo: '되돌리기',
	undoTitle: '합친 기록을 다시 나눌까요?',
	undoLead: '두 기록이 합치기 전 그대로 돌아와요.',
	undoReturns: '합친 뒤 들어와서 제 기록으로 돌아가는 것',
	undoStays: '합친 뒤 적어서 남는 고객에게 그대로 있는 것',
	undoEdits: '합친 뒤 고친 것은 골라 주세요',
	undoNothing: '합친 뒤 새로 들어오거나 고친 것이 없어요.',
	happened: {
		order: '주문',
		note: '메모',
		visit: '방문',
		event: '알려진 일',
		refusal: '수신 거부(두 기록 모두에 남아요)'
	} as Record<string, string>,
	edits: {
		name: (before: string, now: string) => `이름: ${before} → ${now}`,
		contact_added: (_: string, now: string) => `새 연락처: ${now}`,
		contact_removed: (before: string) => `지운 연락처: ${before}`,
		keeper: () => '돌보는 사람이 바뀌었어요',
		detail: (before: string, now: string) => `적어 둔 것: ${before || '–'} → ${now || '–'}`,
		leaving: (before: string, now: string) => `떠난 이유: ${before || '–'} → ${now || '–'}`
	} as Record<string, Word>,
	choices: { before: '합치기 전으로', now: '지금 그대로', other: '다른 쪽 기록으로' } as Record<string, string>,
	parted: '두 고객으로 다시 나누었어요.',
	partedLost: (what: string) =>
		`두 고객으로 나누었어요. ${josa(what, '은/는')} 그사이 다른 고객의 연락처가 되어 돌려놓지 못했어요.`,
	cardTitle: '합친 기록',
	mergeWith: '다른 고객과 합치기',
	mergeWithLead: (who: string) => `${josa(who, '과/와')} 같은 분을 찾아 주세요. 두 기록이 이 카드로 모여요.`,
	followed: '다른 고객과 합친 기록이라 그 고객의 카드를 열었어요.'
};
