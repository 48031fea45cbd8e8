/** Customer lifetime value: what people will still bring, how sure that is, and what to do about it. */
interface Said {
	share: string;
	people: string;
	money: string;
	days: string;
	month: string;
	product: string;
}
type Finding = { say: (p: Said) => string; act: string };

const findings: Record<string, Finding> = {
	value_concentrated: {
		say: ({ share, people }) => `가치의 ${share}가 위쪽 ${people}명에게 모여 있어요.`,
		act: '이 고객들부터 챙기기'
	},
	late_valuable: { say: ({ people }) => `가치가 큰데 평소보다 늦는 고객이 ${people}명 있어요.`, act: '먼저 연락하기' },
	late_regulars: { say: ({ people }) => `평소보다 늦는 단골이 ${people}명 있어요.`, act: '먼저 연락하기' },
	second_visit_weak: { say: ({ share }) => `처음 온 사람 가운데 ${share}만 다시 왔어요.`, act: '한 번만 온 고객 보기' },
	second_visit: { say: ({ share }) => `처음 온 사람 가운데 ${share}가 다시 왔어요.`, act: '한 번만 온 고객 보기' },
	one_visit_away: {
		say: ({ people }) => `한 번만 더 오면 단골이 되는 고객이 ${people}명 있어요.`,
		act: '누구인지 보기'
	},
	relationship_down: {
		say: ({ share }) => `다시 온 고객이 가져온 매출이 ${share}로 줄었어요.`,
		act: '어디서 새는지 보기'
	},
	relationship_up: { say: ({ share }) => `다시 온 고객이 가져온 매출이 ${share}로 늘었어요.`, act: '단골 보기' },
	leak_growing: { say: ({ share }) => `한 달에 새는 비율이 ${share}로 커졌어요.`, act: '누가 떠났는지 보기' },
	dormant_valuable: { say: ({ people }) => `가치가 큰 휴면 고객이 ${people}명 있어요.`, act: '다시 부르기' }
};

export default {
	short: '고객생애가치',
	title: '고객이 앞으로 얼마나 가져다줄까요?',
	lead: (day: string) => `${day}까지의 주문을 보고 어림한 값이에요.`,
	index: '사람마다의 앞으로의 가치와 그 어림이 얼마나 맞는지',
	total: '앞으로의 가치',
	expected: '1년 안에 올 주문',
	orders: (n: string) => `${n}번`,
	customers: '어림한 고객',
	refit: '다시 계산',
	refitting: '다시 계산하고 있어요',
	findings: '이런 점이 보여요',
	findingWords: findings,
	findingOther: '살펴볼 만한 고객들이 있어요.',
	findingAct: '누구인지 보기',
	monthSoFar: (month: string) => `${month} (진행 중)`,
	relationTitle: '매출이 관계에서 나오나요?',
	relationSay: (share: string) => `매출의 ${share}를 다시 온 고객이 가져왔어요.`,
	relationNone: '아직 다시 온 고객의 매출이 없어요.',
	first: '처음 온 고객',
	repeat: '다시 온 고객',
	month: '달',
	tipRelation: (month: string, repeat: string, first: string) =>
		`${month}\n다시 온 고객 ${repeat}\n처음 온 고객 ${first}`,
	decileTitle: '가치가 몇 사람에게 모여 있나요?',
	decileSay: (share: string) => `위쪽 10%가 앞으로의 가치의 ${share}를 가져와요.`,
	decile: (n: string) => `위쪽 ${n}%`,
	decileRow: (from: string, to: string) => `${from}–${to}%`,
	decileAxis: '가치가 큰 순서',
	people: '사람',
	value: '가치',
	tipDecile: (range: string, people: string, money: string) => `가치가 큰 순서 ${range}\n${people}명\n${money}`,
	calibrationTitle: '어림이 실제와 맞나요?',
	calibrationSay: '앞 기간의 주문만 보고 어림한 뒤, 실제로 온 횟수와 견주었어요. 두 선이 가까울수록 믿을 만해요.',
	actual: '실제',
	expectedLine: '어림',
	before: '앞 기간에 다시 온 횟수',
	beforeTimes: (n: string) => `${n}번`,
	average: '뒤 기간에 온 횟수',
	tipCalibration: (n: string, actual: string, expected: string, people: string) =>
		`앞 기간에 ${n}번 다시 온 ${people}명\n실제 ${actual}번\n어림 ${expected}번`,
	models: '셈에 쓴 모형',
	modelsLead: '주문 횟수와 날짜로 다시 올 가능성을, 금액으로 한 번에 쓸 돈을 어림해요.',
	modelNames: {
		bg_nbd: 'BG/NBD: 언제까지, 얼마나 자주 올지',
		mbg_nbd: 'MBG/NBD: 한 번 온 고객도 떠났을 수 있다고 봄',
		gamma_gamma: 'Gamma-Gamma: 한 번에 얼마를 쓸지'
	} as Record<string, string>,
	notRunTitle: '아직 계산하지 않았어요',
	notRun: '지금까지의 주문으로 앞으로의 가치를 계산해 볼까요?',
	firstRun: '계산하기',
	basis: '셈한 기준',
	bases: { margin: '이익', revenue: '매출' },
	missing: '다시 온 고객이 더 있어야 앞일을 어림할 수 있어요.',
	need: (have: string, need: string) => `다시 온 고객이 지금 ${have}명인데 ${need}명은 있어야 어림할 수 있어요.`,
	noCalibration: '주문이 쌓인 기간이 더 길어야 견주어 볼 수 있어요.'
};
