/** The list of what was spent. */
export default {
	add: '비용 적기',
	title: '적어 둔 비용',
	lead: '광고비, 쿠폰, 적립처럼 고객을 얻고 지키는 데 쓴 돈이에요.',
	month: '달',
	kind: '쓰임',
	medium: '곳',
	amount: '금액',
	note: '메모',
	remove: '지우기',
	removeOf: (month: string, amount: string) => `${month} ${amount} 지우기`,
	removed: '비용을 지웠어요',
	empty: '아직 적어 둔 비용이 없어요. 지난달 광고비부터 적어 보세요.'
};
