export { fmt, i18n, josa, now, today } from './i18n.svelte';
