declare global {
	namespace App {
		/** What the error page knows: a sentence for people, and the server's stable code if there was one. */
		interface Error {
			message: string;
			code?: string;
		}
	}
}

export {};
