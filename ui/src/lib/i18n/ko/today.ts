/** Today: one sentence a card, one button, later, why. */
import type { CardKind, SetUpStep } from '$lib/api/types';
import { josa } from '../particle';

/** Values a card's sentence needs, already written in the person's format. */
export type CardValues = (name: string) => string;

const sentences: Record<CardKind, (v: CardValues) => string> = {
	late_regulars: (v) => `단골 ${v('regulars')}명 중 ${v('late')}명이 평소보다 늦어요`,
	new_vips: (v) => `새 VIP 고객 ${v('count')}명이 생겼어요`,
	leak: (v) => `${v('month')}에 고객 ${v('outflow')}명이 떠나고 ${v('inflow')}명이 들어왔어요`,
	consent_notices: (v) => `동의 처리 결과를 아직 알리지 않은 것이 ${v('count')}건 있어요`,
	merge_proposals: (v) => `같은 분으로 보이는 고객이 ${v('count')}쌍 있어요`,
	import_attention: (v) => `‘${v('file')}’에서 ${v('invalid')}줄을 읽지 못했어요`,
	one_visit_away: (v) => `한 번만 더 오면 단골이 될 고객 ${v('count')}명이 있어요`,
	import_finished: (v) =>
		v('customers') === '1'
			? `‘${v('file')}’에서 고객 ${v('new')}명이 들어왔어요`
			: `‘${v('file')}’에서 새 주문 ${v('new')}건이 들어왔어요`,
	follow_ups: (v) =>
		v('count') === '1' ? `오늘 챙길 일이 있어요: ${v('title')}` : `오늘 챙길 일 ${v('count')}가지가 있어요`,
	account_candidates: (v) => `예상보다 많이 사는 고객 ${v('count')}명이 핵심 고객 추가 선정 후보예요`,
	backup_failed: () => '백업이 되지 않고 있어요',
	shop_failing: (v) =>
		v('count') !== '1'
			? `가게 ${v('count')}곳이 답하지 않아요`
			: v('compared') === '1'
				? `‘${v('name')}’에서 빠진 주문이 있는지 견줘 보지 못하고 있어요`
				: `‘${v('name')}’에서 주문을 받아 오지 못하고 있어요`,
	reactions_parked: (v) => `반영하지 못하고 미뤄 둔 기록 ${v('count')}건이 있어요`,
	privacy_requests: (v) => `개인정보 요청 ${v('count')}건에 답해야 해요`
};

const buttons: Record<CardKind, string> = {
	late_regulars: '누구인지 보기',
	new_vips: '고마움 전하기',
	leak: '구멍 찾아보기',
	consent_notices: '알리러 가기',
	merge_proposals: '살펴보기',
	import_attention: '그 줄 고치기',
	one_visit_away: '누구인지 보기',
	account_candidates: '후보 살펴보기',
	import_finished: '달라진 점 보기',
	follow_ups: '챙기러 가기',
	backup_failed: '백업 살펴보기',
	shop_failing: '연결 살펴보기',
	reactions_parked: '확인하기',
	privacy_requests: '답하러 가기'
};

const why: Record<CardKind, string> = {
	late_regulars:
		'단골마다 평소 오는 간격이 있어요. 그 간격을 넘긴 지 얼마 안 된 분은 안부 한마디에 돌아오는 일이 많아서, 늦은 정도와 앞으로의 가치가 큰 분부터 보여 드려요.',
	new_vips: '최근에 자주, 많이 찾아 주셔서 VIP 기준을 새로 넘은 분들이에요. 고마움은 빨리 전할수록 오래 기억돼요.',
	leak: '지난 한 달 동안 찾아오던 고객 가운데 발길이 끊긴 분과 새로 들어온 분을 세었어요. 나간 분이 많으면 먼저 구멍을 막아야 해요.',
	consent_notices: '동의나 거부, 철회를 받으면 14일 안에 그 결과를 고객에게 알려야 해요. 넘기면 과태료를 물 수 있어요.',
	merge_proposals:
		'한 분이 두 번 적혀 있으면 단골로 보이지 않고 숫자도 틀어져요. 합쳐도 언제든 그대로 되돌릴 수 있어요.',
	import_attention:
		'파일에서 날짜나 금액을 알아볼 수 없는 줄은 넣지 않고 따로 두었어요. 고쳐서 다시 넣으면 나머지는 그대로 있어요.',
	one_visit_away: '단골 기준까지 방문 한 번이 남은 분들이에요. 이때의 한 번이 단골로 이어질 가능성이 가장 커요.',
	account_candidates:
		'핵심 고객을 정할 때 빠졌지만, 그때 예상한 것보다 훨씬 많이 사고 있는 분들이에요. 다시 살펴볼 때예요.',
	import_finished: '가져오기가 끝나서 고객 카드와 숫자에 모두 반영했어요. 잘못 넣었다면 되돌릴 수 있어요.',
	follow_ups: '메모에 적어 둔 경조사나 약속의 날이 되었어요. 기억해 주는 한마디가 가장 오래 남아요.',
	backup_failed:
		'하루가 넘도록 백업이 없거나 마지막 백업이 실패했어요. 기계가 고장 나면 그 뒤의 기록을 되찾을 수 없어요.',
	shop_failing:
		'가게가 세 번 넘게 잇달아 답하지 않았어요. 그동안 빠진 주문이 있으면 단골과 매출 숫자가 실제보다 적게 나와요.',
	reactions_parked: '어떤 기록은 여러 번 해 봐도 고객 카드에 반영하지 못했어요. 원인을 보고 다시 시킬 수 있어요.',
	privacy_requests:
		'고객이 자기 정보를 보거나 고치거나 지워 달라고 하면 법이 정한 날까지 답해야 해요. 기한이 가장 가까운 요청부터 보여 드려요.'
};

const steps: Record<SetUpStep, { title: string; lead: string }> = {
	company: { title: '가게 정보 확인하기', lead: '시간대와 통화가 맞아야 날짜와 금액이 맞아요.' },
	import: { title: '주문 파일 가져오기', lead: '카페24, 스마트스토어, 엑셀 파일을 그대로 놓으면 돼요.' },
	costs: { title: '쓴 비용 적기', lead: '고객 한 명을 얻는 비용과 지키는 비용을 견줄 수 있어요.' },
	refit: { title: '고객생애가치 계산하기', lead: '주문이 쌓이면 저절로 계산해요.' }
};

export default {
	title: (day: string) => `오늘 할 일 · ${day}`,
	short: '오늘 할 일',
	allDoneTitle: '오늘 할 일을 모두 마쳤어요',
	allDone: '새로 챙길 일이 생기면 여기에 알려 드려요.',
	toCustomers: '고객 목록 보기',
	sentences,
	buttons,
	why,
	people: (shown: string, count: string) => `${josa(shown, '을/를')} 포함해 ${count}명`,
	atStake: (money: string) => `앞으로의 가치 ${money}`,
	due: (day: string) => `${day}까지`,
	whyThis: '왜 보이나요?',
	later: '나중에',
	tomorrow: '내일 다시 보기',
	nextWeek: '다음 주 월요일에 보기',
	pickDay: '날짜 고르기',
	putOff: (day: string) => `${day}에 다시 보여 드릴게요.`,
	moreCards: (n: string) => `할 일 ${n}개가 더 있어요. 위의 일을 마치면 보여 드려요.`,
	share: (month: string, share: string) => `${month} 매출의 ${share}가 다시 찾아온 고객에게서 나왔어요`,
	shareUp: (points: string) => `지난달보다 ${points}%p 늘었어요`,
	shareDown: (points: string) => `지난달보다 ${points}%p 줄었어요`,
	shareSame: '지난달과 같아요',
	setUpTitle: '처음이시죠? 이 순서로 시작해요',
	setUpLead: (done: string, all: string) => `${all}가지 가운데 ${done}가지를 마쳤어요.`,
	stepDone: '마침',
	stepOpen: '아직',
	steps,
	demo: (name: string) => `지금은 연습용 가게 ‘${name}’예요. 마음껏 눌러 보세요.`,
	ownShop: '내 가게로 시작하기',
	ownShopLead: '빈 가게를 새로 열어요. 연습용 기록은 섞이지 않아요.',
	shopName: '가게 이름',
	zone: '시간대',
	currency: '통화',
	open: '가게 열기',
	opening: '가게를 준비하고 있어요',
	openingLost: '가게를 아직 열지 못했어요. 프로그램이 돌고 있는지 확인하고 페이지를 새로 고쳐 보세요.',
	openingSlow: '조금 더 걸리고 있어요. 이 창을 닫지 말아 주세요.'
};
