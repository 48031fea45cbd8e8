export { fmt, i18n, josa, today } from './i18n.svelte';
