/** Follow-ups: what a memo speaks of, and what is to be said or done for a customer. */
import type { Occasion, FollowUpPlan, Sensitive } from '$lib/api/types';

const occasions: Record<Occasion, string> = {
	birthday: '생일',
	anniversary: '기념일',
	memorial: '기일',
	milestone: '잔치',
	graduation: '졸업',
	school: '입학',
	wedding: '결혼',
	baby: '출산',
	move: '이사',
	work: '일터 소식',
	opening: '개업',
	exam: '시험',
	trip: '여행',
	army: '군대',
	show: '공연·대회',
	funeral: '장례',
	promise: '약속',
	other: '그 밖'
};

const plans: Record<FollowUpPlan, string> = {
	on_day: '그날',
	next_visit: '그 뒤 다음에 오셨을 때',
	yearly: '해마다 그날'
};

const sensitive: Record<Sensitive, string> = {
	health: '건강',
	belief: '신념이나 종교',
	union: '노동조합이나 정당',
	sexual: '성생활',
	crime: '범죄 경력',
	resident: '주민등록번호'
};

export default {
	occasions,
	plans,
	title: '오늘 챙길 일이에요',
	titleOther: '앞으로 챙길 일이에요',
	titleClosed: '지난 챙길 일이에요',
	short: '챙길 일',
	lead: '메모에서 알아본 경조사와 약속을 그날에 맞춰 알려 드려요.',
	tabsLabel: '챙길 일 종류',
	tabs: { due: '지금', ahead: '앞으로', done: '마친 일' },
	emptyTitle: '지금 챙길 일이 없어요',
	emptyAhead: '앞으로 챙길 일이 없어요',
	emptyDone: '마친 일이 아직 없어요',
	emptyText: '고객 카드에 “아들 졸업식 2월 10일”처럼 메모를 남기면 날짜를 알아보고 챙길 일로 만들어 드려요.',
	toCustomers: '고객 목록 보기',
	cardTitle: '챙길 일',
	add: '챙길 일 더하기',
	what: '무엇을',
	whatPlace: '예: 아들 졸업 축하하기',
	day: '날짜',
	plan: '언제',
	done: '챙겼어요',
	notDone: '안 챙겨요',
	later: '내일로',
	doneSaid: '챙겼다고 적었어요.',
	notDoneSaid: '챙기지 않는 것으로 적었어요.',
	putOff: (day: string) => `${day}에 다시 알려 드릴게요.`,
	added: '챙길 일을 더했어요.',
	due: '지금',
	when: (day: string, plan: string) => `${day} · ${plan}`,
	by: (who: string) => `${who} 적음`,
	closed: (state: 'done' | 'not_done', title: string) => (state === 'done' ? `챙김: ${title}` : `안 챙김: ${title}`),
	proposals: '이렇게 챙길까요?',
	accept: (title: string) => `${title} 챙기기`,
	lunar: '음력 날짜예요. 올해의 양력 날짜를 골라 주세요.',
	noDay: '날짜를 고르면 챙길 일로 만들어요.',
	sensitiveTitle: (what: string) => `${what}에 관한 말은 적어 둘 수 없어요`,
	sensitiveText: (word: string) =>
		`${word ? `‘${word}’` : '이 번호'} 부분을 빼고, 무엇을 해 드리면 좋은지만 적어 주세요. 예: “땅콩 빼고 드림”.`,
	sensitive
};
