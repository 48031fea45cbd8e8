/** The values that attributes of orders have, for whoever narrows a condition; read once, when they are needed. */
import { get } from '$lib/api/client';

class Values {
	#values = $state.raw<Record<string, string[]>>({});
	#asked = false;

	/** The values of an attribute; none until they are known. */
	of(attribute: string): string[] {
		if (!this.#asked) {
			this.#asked = true;
			void get<{ values: Record<string, string[]> }>('/choose/segments/values').then(
				(answer) => (this.#values = answer.values),
				() => (this.#asked = false)
			);
		}
		return this.#values[attribute] ?? [];
	}
}

export const values = new Values();
