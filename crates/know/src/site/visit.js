// Tells Dangol of visits, once the visitor agrees. Lines like this one are taken out when it is served.
((w, d, nav, me) => {
	const key = 'dangol', url = me.src.replace(/dangol\.js.*/, 'visit');
	let token, told, bar, ask = () => {};
	// Without storage nobody can have agreed.
	const keep = (where, value) => {
		try {
			const box = w[where + 'Storage'];
			if (value) box.setItem(key, value);
			else if (value === '') box.removeItem(key);
			return box.getItem(key);
		} catch {}
	};
	const never = () => nav.globalPrivacyControl || nav.doNotTrack == 1;
	const tell = (again) => {
		const was = !never() && keep('local');
		if (!was) return;
		const [old, at] = was.split(' '), now = Date.now(), fresh = !(now - at < 18e5);
		const visit = fresh ? [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(36)).join('') : old;
		const asked = new URLSearchParams(location.search), utm = (name) => asked.get('utm_' + name) || '';
		const from = told || !d.referrer ? '' : new URL(d.referrer).hostname;
		keep('local', visit + ' ' + now);
		told = 1;
		fetch(url, {
			method: 'POST',
			credentials: 'omit',
			keepalive: true,
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({
				page: location.pathname,
				from,
				source: utm('source'),
				medium: utm('medium'),
				campaign: utm('campaign'),
				fresh,
				again: !!again,
				// A visit of nobody known has no name.
				...(token && { visit, token })
			})
		}).catch(() => {});
	};
	const decide = (yes) => {
		if (bar) bar = bar.remove();
		if (yes && !never()) {
			keep('session', '');
			keep('local') || keep('local', '0 0');
			told || tell();
		} else {
			keep('local', '');
			told = token = 0;
		}
	};
	// <banner>
	const words = WORDS;
	ask = () => {
		if (bar || never()) return;
		const [text, yes, no] = words[/^ko/.test(d.documentElement.lang || nav.language) ? 0 : 1];
		bar = d.createElement('div');
		bar.setAttribute('role', 'region');
		bar.setAttribute('aria-label', text);
		bar.style.cssText = 'position:fixed;z-index:99999;inset:auto 0 0;padding:12px 16px;background:#fff;color:#222;border-top:1px solid #999;font:14px/1.6 sans-serif';
		bar.append(text);
		for (const agrees of [true, false]) {
			const button = d.createElement('button');
			button.type = 'button';
			button.textContent = agrees ? yes : no;
			button.style.cssText = 'margin:0 0 0 8px;padding:8px 16px;background:#fff;color:#222;border:1px solid #222;border-radius:6px;font:inherit';
			button.onclick = () => {
				decide(agrees);
				agrees || keep('session', 'no');
			};
			bar.append(button);
		}
		d.body.append(bar);
	};
	// </banner>
	const early = (w.dangol || 0).q || [];
	w.dangol = (what, value) => {
		if (what === 'consent') decide(value);
		if (what === 'ask') ask();
		if (what === 'page') tell();
		if (what === 'visitor') {
			token = value;
			if (told && value) tell(1);
		}
	};
	for (const call of early) w.dangol(...call);
	if (never()) keep('local', '');
	told || tell();
	if (!keep('local') && !keep('session')) ask();
})(window, document, navigator, document.currentScript);
