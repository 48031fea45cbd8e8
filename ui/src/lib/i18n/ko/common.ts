import type { State } from '$lib/api/types';

const states: Record<State, string> = {
	prospect: '잠재',
	new: '신규',
	active: '활성',
	regular: '단골',
	dormant: '휴면',
	lost: '이탈',
	returned: '복귀'
};

/** Words that several areas share. */
export default {
	states,
	save: '저장',
	saved: '저장했어요',
	cancel: '취소',
	close: '닫기',
	back: '뒤로',
	next: '다음',
	done: '완료',
	remove: '지우기',
	edit: '고치기',
	undo: '되돌리기',
	undone: '되돌렸어요',
	retry: '다시 해 보기',
	more: '더 보기',
	all: '전체',
	none: '없음',
	optional: '선택',
	required: '꼭 적어 주세요.',
	loading: '불러오는 중이에요',
	/** Why people left: recorded by the staff, or guessed from what happened last. */
	reasons: {
		price: '가격',
		quality: '품질',
		service: '응대',
		competitor: '다른 가게로 감',
		no_need: '필요가 없어짐',
		moved: '이사',
		died: '세상을 떠남',
		other: '그 밖',
		after_refund: '환불한 뒤',
		one_time: '한 번 오고 끝',
		unknown: '까닭 모름'
	} as Record<string, string>,
	people: (n: string) => `${n}명`,
	nameless: '이름 모를 고객',
	phoneEnd: (digits: string) => `전화 끝 ${digits}`,
	customerNo: (no: string) => `고객 번호 ${no}`,
	person: (name: string) => `${name} 님`,
	asOf: (day: string) => `${day} 기준`,
	notEnough: '데이터가 아직 부족해요',
	offline: '서버에 닿지 못했어요. 인터넷 연결을 확인하고 다시 해 보세요.',
	failed: '뜻대로 되지 않았어요.',
	download: '내려받기',
	exportCsv: 'CSV로 내보내기',
	exportXlsx: '엑셀로 내보내기',
	closePanel: '패널 닫기',
	tableOf: (title: string) => `${title} 표`,
	asTable: '표로 보기',
	asChart: '그래프로 보기',
	sortedUp: '오름차순',
	sortedDown: '내림차순'
};
