/** Light, dark, or as the system says. `static/theme.js` applies the choice before the first paint. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const KEY = 'dangol.theme';

class ThemeChoice {
	value = $state<Theme>(this.#stored());

	use(theme: Theme): void {
		this.value = theme;
		if (theme === 'system') {
			delete document.documentElement.dataset.theme;
			localStorage.removeItem(KEY);
		} else {
			document.documentElement.dataset.theme = theme;
			localStorage.setItem(KEY, theme);
		}
	}

	#stored(): Theme {
		const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem(KEY);
		return stored === 'light' || stored === 'dark' ? stored : 'system';
	}
}

export const theme = new ThemeChoice();
