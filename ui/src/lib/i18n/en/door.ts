import type ko from '../ko/door';

export default {
	signInTitle: 'Good to see you again',
	signInLead: 'Sign in with your e-mail and password.',
	email: 'E-mail',
	password: 'Password',
	signIn: 'Sign in',
	byPasskey: 'Sign in with a passkey',
	signingIn: 'Checking',
	wait: (seconds: string) => `Too many tries. Take a short break and try again in ${seconds} seconds.`,
	linkNeeded: 'Nobody has an account yet. Open the one-time link printed in the terminal to make the first one.',
	lost: 'Forgot the password? Run `dangol user reset E-MAIL` on the server to get a new link.',
	show: 'Show password',
	hide: 'Hide password',
	startTitle: 'Get ready to know your regulars',
	startLead: 'Choose a name and a password, and you are in.',
	inviteTitle: 'Welcome',
	inviteLead: 'Choose a password and you are in.',
	resetTitle: 'Choose a new password',
	resetLead: 'Saving it ends every other session.',
	name: 'Name',
	nameHint: 'Notes and records carry this name.',
	newPassword: 'Password',
	passwordHint: 'At least 8 characters. A long sentence is easy to remember.',
	passwordShort: (n: string) => (n === '1' ? 'One more character.' : `${n} more characters.`),
	start: 'Start',
	savePassword: 'Save password',
	checking: 'Checking the link',
	linkSpentTitle: 'This link was used already or has expired',
	linkSpent:
		'Run `dangol user reset E-MAIL` on the server or, the first time, restart `dangol serve` to get a new one.',
	toSignIn: 'Go to sign-in'
} satisfies typeof ko;
