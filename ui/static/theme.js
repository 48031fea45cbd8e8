// Runs before the first paint, so a chosen theme or language never flashes. Must stay free of imports.
(function () {
	try {
		var theme = localStorage.getItem('dangol.theme');
		if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
		var lang = localStorage.getItem('dangol.lang') || (/^ko\b/i.test(navigator.language) ? 'ko' : 'en');
		document.documentElement.lang = lang;
	} catch {
		// Storage may be refused; the defaults are good.
	}
})();
