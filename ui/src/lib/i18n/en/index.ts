/** English. The compiler requires every key of the Korean dictionary, and no other. */
import type { Words } from '../ko';
import common from './common';
import shell from './shell';
import door from './door';
import today from './today';
import customers from './customers';
import card from './card';
import parties from './parties';
import followUps from './followUps';
import needs from './needs';
import quality from './quality';
import duplicates from './duplicates';
import imports from './imports';
import requests from './requests';
import leak from './leak';
import kotler from './kotler';
import costs from './costs';
import economics from './economics';
import value from './value';
import choose from './choose';
import segments from './segments';
import company from './company';
import entry from './entry';
import access from './access';
import operate from './operate';
import consent from './consent';
import accounts from './accounts';
import bonds from './bonds';
import shops from './shops';
import site from './site';

const en: Words = {
	common,
	shell,
	door,
	today,
	customers,
	card,
	parties,
	followUps,
	needs,
	quality,
	duplicates,
	imports,
	requests,
	leak,
	kotler,
	costs,
	economics,
	value,
	choose,
	segments,
	company,
	entry,
	access,
	operate,
	consent,
	accounts,
	bonds,
	shops,
	site
};
export default en;
