/**
 * Questions that come by the thousand ("is she online?", "how many has he here?") and are answered
 * by other nodes. While one is under way the next ones wait and go out as one, so that their number
 * is bounded by the round trip and not by the traffic.
 */
export class GatheredQuestion<Answer> {
  readonly #ask: (subjects: readonly string[]) => Promise<Answer>;
  #underWay: Promise<unknown> = Promise.resolve();
  #next: { readonly subjects: Set<string>; readonly answer: Promise<Answer> } | undefined;

  /** @param ask never rejects. Its answer goes to all who asked, each about some of the subjects. */
  constructor(ask: (subjects: readonly string[]) => Promise<Answer>) {
    this.#ask = ask;
  }

  ask(subjects: readonly string[]): Promise<Answer> {
    const next = this.#next ?? this.#begin();
    for (const subject of subjects) next.subjects.add(subject);
    return next.answer;
  }

  #begin() {
    const subjects = new Set<string>();
    const answer = this.#underWay.then(() => {
      this.#next = undefined;
      return this.#ask([...subjects]);
    });
    const next = { subjects, answer };
    this.#next = next;
    this.#underWay = answer;
    return next;
  }
}
