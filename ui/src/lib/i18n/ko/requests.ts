/** What people ask about their own data: the list, one request with its steps, the preview of an erasure. */
import type {
	RequestKind,
	RequestReason,
	RequestWay,
	RequestIdentity,
	RequestState,
	RowsFate
} from '$lib/requests/types';

const kinds: Record<RequestKind, string> = {
	access: '열람·내보내기',
	correction: '정정',
	erasure: '삭제',
	suspension: '처리정지',
	source: '수집 출처',
	explanation: '자동 결정 설명'
};

const asks: Record<RequestKind, string> = {
	access: '내 정보를 보여 달라고 했어요',
	correction: '내 정보를 고쳐 달라고 했어요',
	erasure: '내 정보를 지워 달라고 했어요',
	suspension: '내 정보를 쓰지 말아 달라고 했어요',
	source: '내 정보를 어디서 얻었는지 물었어요',
	explanation: '자동으로 정한 까닭을 물었어요'
};

const ways: Record<RequestWay, string> = {
	member_page: '회원 페이지',
	mail: '이메일·메시지',
	phone: '전화',
	counter: '매장에서',
	letter: '편지'
};

const states: Record<RequestState, string> = {
	open: '본인 확인 전',
	identity_checked: '답을 기다려요',
	answered: '답했어요',
	refused: '거절했어요'
};

const identities: Record<RequestIdentity, string> = {
	known_contact: '알던 연락처로 다시 연락했어요',
	document: '신분증을 눈으로 확인했어요',
	in_person: '얼굴을 아는 분이에요',
	member_page: '회원 페이지에서 확인했어요',
	representative: '대리인이 위임장을 보여 줬어요'
};

const reasons: Record<RequestReason, string> = {
	not_identified: '본인인지 확인하지 못했어요',
	nothing_held: '가진 정보가 없어요',
	law: '법에 따라 보관하거나 보여 줄 수 없어요',
	others: '다른 사람의 권리를 해칠 수 있어요',
	excessive: '근거가 없거나 지나친 요청이에요',
	taken_back: '요청한 분이 거두었어요'
};

/** The beginning of an answer, to be finished by hand. */
const answers: Record<RequestKind, string> = {
	access:
		'요청하신 개인정보를 보내 드려요. 압축 파일 안의 index.html을 열면 저희가 가진 내용을 모두 보실 수 있고, 같은 내용이 JSON과 CSV로도 들어 있어요.',
	correction: '요청하신 대로 정보를 고쳤어요.',
	erasure:
		'요청하신 대로 이름과 연락처를 비롯해 누구인지 알 수 있는 정보를 모두 지웠어요. 거래 기록은 전자상거래법에 따라 5년 동안, 누구인지 알 수 없는 모습으로만 보관해요.',
	suspension: '지금부터 고객님의 정보를 분류하거나 점수를 매기는 데 쓰지 않아요. 다시 쓰기를 원하시면 알려 주세요.',
	source: '고객님의 정보를 얻은 곳과 쓰는 까닭을 알려 드려요. 언제든 쓰지 말아 달라고 하실 수 있어요.\n\n',
	explanation: '자동으로 정한 내용과 그 근거가 된 값을 알려 드려요. 사람이 다시 살펴보기를 원하시면 알려 주세요.\n\n'
};

const fates: Record<RowsFate, string> = {
	goes: '지워요',
	stripped: '알아볼 수 있는 것만 지워요',
	stays: '누구인지 모르게 남아요',
	mentions: '직접 살펴봐 주세요'
};

const tables: Record<string, string> = {
	parties: '이름',
	contacts: '연락처',
	order_lines: '주문 내역',
	line_history: '주문이 바뀐 기록',
	raw_rows: '가져온 파일의 원래 줄',
	import_faults: '읽지 못한 줄',
	imports: '올린 파일과 미리보기',
	visits: '방문',
	notes: '메모',
	facts: '계산한 수',
	party_money: '통화별 합계',
	scores: '예측',
	leaving_reasons: '떠난 이유',
	keepers: '담당',
	views: '저장한 보기',
	tags: '태그 이름',
	merge_proposals: '합치자는 제안',
	merges: '합친 기록',
	party_root: '합친 기록의 번호',
	requests: '개인정보 요청',
	person_exports: '내보낸 자료',
	person_export_pieces: '내보낸 자료의 조각',
	suspensions: '처리정지',
	interactions: '활동 기록',
	grams: '찾기용 조각',
	outbox: '보낼 것',
	webhook_deliveries: '웹훅으로 보낸 것',
	jobs: '끝난 작업의 말',
	parked: '미뤄 둔 기록의 까닭',
	segment_members: '고객 그룹',
	segment_hands: '손으로 넣거나 뺀 고객 그룹',
	segments: '고객 그룹의 이름과 조건',
	leak_moves: '들고 난 달'
};

const whys: Record<string, string> = {
	order_records: '전자상거래법: 계약과 결제 기록 5년',
	figures: '회사 전체의 합계에 들어 있어요',
	pseudonym: '번호만 남겨요',
	proof: '요청을 처리했다는 증거예요',
	counts: '몇 줄이었는지만 남겨요',
	technical: '프로그램이 쓰는 기록이에요',
	by_hand: '다른 분의 기록이나 회사의 글에 이름이 나와요'
};

export default {
	title: '개인정보 요청',
	short: '개인정보 요청',
	lead: '고객이 자기 정보를 보거나 고치거나 지워 달라고 하면 법이 정한 날까지 답해야 해요.',
	add: '요청 적기',
	tabsLabel: '요청의 상태',
	tabs: { open: '답할 요청', closed: '끝난 요청' },
	emptyTitle: '답할 요청이 없어요',
	emptyText: '고객이 자기 정보를 묻거나 지워 달라고 하면 여기에 적어 두세요. 기한은 저절로 세어 드려요.',
	emptyClosed: '끝난 요청이 아직 없어요',
	kinds,
	asks,
	ways,
	states,
	identities,
	reasons,
	answers,
	fates,
	tables,
	whys,
	who: '누가',
	what: '무엇을',
	due: '기한',
	state: '상태',
	unknown: (who: string) => `${who} (모르는 분)`,
	erasedPerson: '삭제한 고객',
	dueIn: (days: string) => `${days}일 남았어요`,
	dueToday: '오늘까지예요',
	dueOver: (days: string) => `${days}일 지났어요`,
	dueOn: (day: string) => `${day}까지`,
	alarmOn: (day: string) => `${day}부터 서둘러야 해요`,
	closedOn: (day: string) => `${day}에 마쳤어요`,
	breach: '기한이 됐어요. 오늘 답하지 않으면 법을 어겨요.',
	jurisdictions: { kr: '한국 개인정보 보호법', eu: '유럽 GDPR' },
	received: (when: string, way: string) => `${when}에 받았어요 · ${way}`,
	by: (who: string) => (who ? `${who}님이 적었어요` : '고객이 직접 적었어요'),
	newTitle: '요청 적기',
	person: '누가 요청했나요?',
	kind: '무엇을 요청했나요?',
	way: '어떻게 받았나요?',
	receivedDay: '받은 날',
	words: '뭐라고 하셨나요?',
	wordsHint: '신분증 번호처럼 확인에만 쓰는 정보는 적지 마세요.',
	save: '적기',
	saved: (day: string) => `적었어요. ${day}까지 답하면 돼요.`,
	stepsTitle: '할 일',
	step: (n: string) => `${n}단계`,
	stepDone: '마침',
	identityTitle: '본인 확인하기',
	identityLead: '누가 요청했는지 확인하기 전에는 아무것도 알려 주거나 지울 수 없어요. 확인에 쓴 서류는 남기지 않아요.',
	identitySave: '확인했어요',
	identityDone: (how: string, who: string, when: string) => [how, who, when].filter(Boolean).join(' · '),
	exportTitle: '자료 만들기',
	exportLead: '이 고객에 대해 가진 것을 모두 모아 사람이 읽는 문서와 JSON, CSV로 담아요.',
	exportMake: '자료 만들기',
	exportAgain: '다시 만들기',
	exporting: '자료를 만들고 있어요.',
	exportDone: (when: string, size: string, rows: string) => `${when}에 만들었어요 · ${size} · ${rows}줄`,
	exportGet: '내려받기',
	exportFetched: (when: string) => `${when}에 처음 내려받았어요`,
	exportProof: '파일 지문(SHA-256)',
	eraseTitle: '지우기',
	eraseLead: '아래를 확인하고 지워 주세요. 되돌릴 수 없고, 백업에서 되살려도 다시 지워요.',
	erasePreview: '지우면 이렇게 돼요',
	eraseRecords: (n: string) => `합친 기록까지 ${n}개를 함께 지워요.`,
	eraseUntil: (day: string) => `거래 기록은 ${day}까지 보관해야 해서 이름 없이 남겨요.`,
	erase: '지우기',
	eraseSure: '정말 지울까요?',
	eraseSureLead: (who: string) => `${who}님의 이름과 연락처, 메모를 모두 지워요. 되돌릴 수 없어요.`,
	eraseYes: '모두 지우기',
	erasing: '지우고 있어요.',
	eraseDone: (when: string, who: string) => `${when}에 지웠어요 · ${who}`,
	suspendTitle: '처리 멈추기',
	suspendLead: '고객 그룹과 점수 계산에서 빼요. 기록은 그대로 있어요.',
	suspend: '처리 멈추기',
	resume: '다시 쓰기',
	suspendDone: (when: string) => `${when}부터 쓰지 않아요`,
	correctTitle: '고치기',
	correctLead: '고객 카드에서 틀린 곳을 고친 뒤 돌아와 답해 주세요.',
	toCard: '고객 카드 열기',
	sourceTitle: '출처 확인하기',
	origin: (source: string, file: string, when: string) => [source, file, when].filter(Boolean).join(' · '),
	originEntered: '직접 적었어요',
	explainTitle: '근거 확인하기',
	explainLead: '자동으로 나눈 상태와 점수가 이 값에서 나왔어요.',
	factors: {
		state: '상태',
		orders: '주문 수',
		order_days: '주문한 날 수',
		usual_interval: '보통 간격(일)',
		r: '최근성',
		f: '빈도',
		m: '금액',
		p_alive: '다시 올 가능성',
		expected_orders: '예상 주문',
		value: '앞으로의 가치'
	} as Record<string, string>,
	afterIdentity: '본인을 확인하면 보여요.',
	answerTitle: '답하기',
	answerLead: '보낸 답을 그대로 적어 두세요. 무엇을 언제 누가 했는지와 함께 남아요.',
	answerShown:
		'고객은 이 답을 회원 페이지에서 봐요. 만든 자료도 거기서 내려받고, 이메일이 있으면 답했다는 안내를 받아요.',
	answerText: '답',
	template: '예문 넣기',
	answerSave: '답했어요',
	answered: '답을 남겼어요.',
	refuse: '거절하기',
	refuseTitle: '요청 거절하기',
	refuseLead: '거절할 때도 기한 안에 까닭과 이의를 제기하는 방법을 알려야 해요.',
	refuseReason: '까닭',
	refuseText: '알린 내용',
	refused: '거절한 것으로 남겼어요.',
	closedTitle: '끝난 요청',
	closedBy: (who: string, when: string) => [who, when].filter(Boolean).join(' · '),
	cardTitle: '개인정보 요청',
	cardAdd: '요청 받았어요',
	count: (n: string) => `${n}줄`
};
