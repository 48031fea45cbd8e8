/** Consent: what people allowed, recording it, and the words, topics and rules behind it. */
import { josa } from '../particle';

const channels = {
	email: '이메일',
	sms: '문자',
	kakao: '카카오톡',
	call: '전화',
	push: '앱 알림',
	post: '우편'
};
const purposes = {
	ad: '광고성 정보',
	night_ad: '야간 광고',
	third_party: '제3자 제공'
};

export default {
	channels: channels as Record<string, string>,
	purposes: purposes as Record<string, string>,
	states: {
		given: '동의',
		refused: '거부',
		withdrawn: '철회',
		reconfirmed: '다시 확인',
		expired: '기간 끝남',
		unverified: '확인 전'
	} as Record<string, string>,
	sources: {
		form: '신청서',
		pos: '매장',
		import: '파일',
		'080': '080 전화',
		reply: '답장',
		link: '링크',
		member: '고객 페이지',
		staff: '직원에게 말함'
	} as Record<string, string>,
	bases: {
		consent: '사전 동의',
		transaction: '거래관계 6개월',
		soft_opt_in: '구매 때 받은 주소',
		attested: '대표 확인'
	} as Record<string, string>,
	title: '수신 동의',
	none: '아직 아무것도 물어보지 않았어요.',
	notAsked: (channels: string) => `아직 묻지 않음: ${channels}`,
	since: (day: string) => `${day}부터`,
	unverifiedHint: '파일에만 적혀 있어요. 대표가 확인하기 전에는 보낼 수 없어요.',
	reconfirm: (day: string) => `${day}까지 다시 확인`,
	how: (source: string) => `${josa(source, '으로/로')} 알게 됨`,
	wording: (version: string) => `문구 ${version}판`,
	noWording: '보여 준 문구가 없어요.',
	basis: '근거',
	shownAt: '말한 때',
	proof: '증빙',
	fileRow: (file: string, row: string) => `${file} ${row}행`,
	history: '모든 기록',
	by: (who: string) => `${who} 기록`,
	record: '동의·거부 기록',
	recordTitle: '고객이 말한 것 기록하기',
	recordLead: '거부와 철회는 바로 적용돼요. 동의는 보여 준 문구와 증빙이 있어야 해요.',
	channel: '매체',
	purpose: '목적',
	said: '고객의 말',
	saidWords: { given: '받겠어요', refused: '받지 않겠어요', withdrawn: '이제 그만 받겠어요' } as Record<string, string>,
	source: '어떻게 들었나요?',
	asked: '어떻게 물어봤나요?',
	askedWords: {
		apart: '따로 물어보고 고객이 직접 체크하거나 대답했어요',
		ticked_before: '칸이 미리 체크되어 있었어요',
		bundled: '이용약관 등과 한꺼번에 받았어요'
	} as Record<string, string>,
	whichWording: '보여 준 문구',
	chooseWording: '문구를 골라 주세요',
	noWordings: '아직 올린 문구가 없어요. 설정에서 먼저 올려 주세요.',
	toSettings: '문구 올리기',
	proofLabel: '증빙',
	guardianLabel: '법정대리인',
	guardianHint: '아이의 보호자가 누구인지, 어떻게 확인했는지 적어 주세요.',
	proofHint: '신청서가 있는 곳이나 고객이 한 말을 적어 주세요.',
	when: '언제 말했나요?',
	save: '기록하기',
	saved: '기록했어요.',
	timeline: (what: string, state: string) => `${what}: ${state}`,
	copyLink: '고객 페이지 링크 복사',
	linkCopied: '링크를 복사했어요. 7일 동안 열려요.',
	filterAgreed: '메시지 수신에 동의한 고객만',
	agreedAny: '메시지 수신에 동의한',
	agreedTo: (channel: string) => `${channel} 수신에 동의한`,
	column: '수신 동의',

	settings: '수신 동의',
	settingsLink: '동의 문구, 주제, 법 규칙과 파일에서 온 동의를 다뤄요.',
	settingsLead: '무엇에 동의를 받는지 정해요. 고객마다 그때 본 문구가 그대로 남아요.',
	wordings: '동의 문구',
	wordingsLead: '올린 문구는 바꿀 수 없어요. 새로 올리면 그때부터 새 문구로 물어봐요.',
	noneYet: '아직 없어요.',
	version: (n: string) => `${n}판`,
	inUse: '사용 중',
	publishedAt: (when: string) => `${when}에 올림`,
	newWording: '새 문구',
	korean: '한국어',
	english: '영어',
	englishHint: '비워 두면 영어로 보는 고객도 한국어 문구를 봐요.',
	statements: {
		recipient: '제공받는 곳',
		aim: '이용 목적',
		items: '이용하는 항목',
		period: '보유 기간',
		right: '거부할 권리',
		disadvantage: '거부할 때의 불이익'
	} as Record<string, string>,
	drafts: {
		ad: {
			ko: {
				aim: '새 소식, 행사, 혜택 안내',
				items: '이름, 고르신 매체의 연락처',
				period: '동의를 거두실 때까지',
				right: '동의하지 않으셔도 돼요. 동의한 뒤에도 언제든 거둘 수 있어요.',
				disadvantage: '안내를 받지 못하실 뿐, 이용에는 아무 차이가 없어요.'
			},
			en: {
				aim: 'News, events and offers',
				items: 'Your name and the contact of each medium you choose',
				period: 'Until you take your consent back',
				right: 'You may refuse, and take your consent back at any time.',
				disadvantage: 'You will not get these messages. Nothing else changes.'
			}
		},
		night_ad: {
			ko: {
				aim: '밤 9시부터 아침 8시 사이의 광고 안내',
				items: '이름, 고르신 매체의 연락처',
				period: '동의를 거두실 때까지',
				right: '동의하지 않으셔도 돼요. 동의한 뒤에도 언제든 거둘 수 있어요.',
				disadvantage: '밤에는 안내를 받지 못하실 뿐, 이용에는 아무 차이가 없어요.'
			},
			en: {
				aim: 'Advertising between 9 p.m. and 8 a.m.',
				items: 'Your name and the contact of each medium you choose',
				period: 'Until you take your consent back',
				right: 'You may refuse, and take your consent back at any time.',
				disadvantage: 'You will get no messages at night. Nothing else changes.'
			}
		}
	} as Record<string, { ko: Record<string, string>; en: Record<string, string> }>,
	publish: '올리기',
	published: '문구를 올렸어요.',
	topics: '주제',
	topicsLead: '고객이 받고 싶은 소식만 고르게 해요. 주제를 거부하면 그 소식만 보내지 않아요.',
	topicCode: '코드',
	topicKo: '한국어 이름',
	topicEn: '영어 이름',
	addTopic: '주제 더하기',
	topicSaved: '주제를 저장했어요.',
	asksTopic: '고객에게 물어봐요',
	stopTopic: '묻지 않기',
	askTopic: '다시 묻기',
	topicOff: '묻지 않음',
	claims: '파일에서 온 동의',
	claimsLead: '파일에 적힌 동의는 언제 어떻게 받았는지 대표가 확인해야 인정돼요.',
	claim: (people: string, channel: string) => `${people}명 · ${channel}`,
	claimFrom: (file: string) => `${file}에서`,
	noFile: '파일 없이 들어옴',
	attest: '확인하기',
	attestTitle: '언제 어떻게 받은 동의인가요?',
	attestLead: (people: string) => `${people}명을 동의한 것으로 기록해요. 확인한 사람과 내용이 함께 남아요.`,
	collectedOn: '받은 날',
	collectedHow: '받은 곳과 방법, 증빙이 있는 곳',
	attested: (people: string) => `${people}명의 동의를 확인했어요.`,
	rules: '법 규칙',
	rulesLead: '법이 바뀌면 새 규칙과 시행일을 더해 주세요. 예전 일은 그날의 규칙으로 판단해요.',
	ruleNames: {
		notice: '처리 결과 알림',
		reconfirm: '동의 다시 확인',
		lint: '알림에 쓸 수 없는 말'
	} as Record<string, string>,
	ruleText: {
		notice: (p: Record<string, unknown>) => `${p.days}일 안에 알려요. ${p.alarm_day}일째에 오늘 화면에서 알려 드려요.`,
		reconfirm: (p: Record<string, unknown>) => `${p.years}년마다 다시 확인해요. ${p.lead_days}일 전에 알림을 보내요.`,
		lint: (p: Record<string, unknown>) => [p.words].flat().join(', ')
	} as Record<string, (p: Record<string, unknown>) => string>,
	ruleFrom: (day: string) => `${day}부터`,
	ruleNow: '시행 중',
	ruleLater: '시행 예정',
	rulePast: '지난 규칙',
	addRule: '규칙 더하기',
	effectiveFrom: '시행일',
	legalBasis: '근거 법령',
	ruleParameters: {
		days: '기한(일)',
		alarm_day: '알려 줄 날(일째)',
		years: '주기(년)',
		lead_days: '미리 알릴 날수',
		words: '쓸 수 없는 말(쉼표로 나눠요)'
	} as Record<string, string>,
	ruleAdded: '규칙을 더했어요.',
	takeBack: '되돌리기',
	ruleTakenBack: '규칙을 되돌렸어요.',
	notices: '알려야 할 결과',
	noticesLead:
		'동의, 거부, 철회를 받으면 14일 안에 그 결과를 알려야 해요. 이메일이 있으면 저절로 보내고, 없으면 여기에 모아요.',
	noticesNone: '알려야 할 것이 없어요',
	noticesNoneLead: '고객이 동의하거나 거두면 여기에 나타나요.',
	noticeWhat: (what: string, state: string) => `${what}: ${state}`,
	noticeKinds: { result: '처리 결과', reconfirm: '동의 다시 확인' } as Record<string, string>,
	noticeDue: (day: string) => `${day}까지`,
	onItsWay: '이메일 보내는 중',
	told: '알렸어요',
	toldDone: '알린 것으로 기록했어요.',

	mail: '이메일 보내기',
	mailLink: '인증 번호와 동의 결과 알림을 보낼 메일 서버를 정해요.',
	mailLead: '인증 번호, 동의 결과 알림처럼 꼭 필요한 메일만 보내요. 광고는 보내지 않아요.',
	mailHost: '메일 서버',
	mailPort: '포트',
	mailSecurity: '암호화',
	mailSecurities: {
		starttls: 'STARTTLS (보통 587)',
		tls: 'TLS (보통 465)',
		none: '없음 (이 컴퓨터의 서버만)'
	} as Record<string, string>,
	mailUser: '사용자',
	mailPassword: '비밀번호',
	mailPasswordFrom: {
		environment: '환경 변수 DANGOL_SMTP_PASSWORD에서 읽고 있어요.',
		file: '이미 저장되어 있어요. 바꿀 때만 적어 주세요.',
		nowhere: '이 프로그램만 읽을 수 있는 파일에 저장해요.'
	} as Record<string, string>,
	mailFromName: '보내는 이름',
	mailFromAddress: '보내는 주소',
	mailPublic: '고객 페이지 주소',
	mailPublicHint: '메일에 고객 페이지 링크를 넣을 때 써요. 비워 두면 링크 없이 보내요.',
	mailTest: '시험 메일 보내기',
	mailTestTo: '받을 주소',
	mailTested: '시험 메일을 보냈어요. 받은 편지함을 확인해 주세요.',
	ownerOnly: '대표만 바꿀 수 있어요.'
};
