/** The quality of the customer base, and what is still to be set up. */
import type { CheckStepName, QualityCode } from '$lib/api/types';

const parts: Record<QualityCode, { title: string; wrong: (n: string) => string; good: string }> = {
	reachable: {
		title: '연락할 수 있는 고객',
		wrong: (n) => `${n}명은 전화번호도 이메일도 없어요`,
		good: '모두 연락할 수 있어요'
	},
	named: { title: '이름을 아는 고객', wrong: (n) => `${n}명은 이름을 몰라요`, good: '모두 이름을 알아요' },
	single: {
		title: '한 번만 적힌 고객',
		wrong: (n) => `같은 분으로 보이는 ${n}쌍이 기다려요`,
		good: '두 번 적힌 분이 없어요'
	},
	rows: { title: '읽은 줄', wrong: (n) => `${n}줄을 읽지 못했어요`, good: '모두 읽었어요' },
	products: { title: '무엇을 샀는지 아는 주문', wrong: (n) => `${n}줄은 상품 이름이 없어요`, good: '모두 알아요' }
};

const steps: Record<CheckStepName, string> = {
	company: '가게 정보 확인하기',
	import: '주문 파일이나 고객 명단 가져오기',
	costs: '쓴 비용 적기',
	refit: '고객생애가치 계산하기',
	duplicates: '같은 고객 정리하기',
	question: '고객에게 물을 질문 정하기',
	memo: '첫 메모 남기기'
};

export default {
	title: (score: string) => `고객 정보의 품질은 ${score}점이에요`,
	titleNone: '고객 정보의 품질',
	short: '정보 품질',
	lead: '고칠 것을 누르면 그 고객들이 나와요. 정보가 바르면 단골이 보이고 숫자가 맞아요.',
	partsTitle: '점수는 이렇게 나왔어요',
	weight: (n: string) => `비중 ${n}`,
	unknown: '아직 셀 것이 없어요',
	ofAll: (share: string, n: string) => `${n} 가운데 ${share}`,
	open: '보러 가기',
	parts,
	checklistTitle: (share: string) => `준비를 ${share} 마쳤어요`,
	checklistDone: '준비를 모두 마쳤어요',
	steps,
	done: '마침',
	todo: '아직'
};
