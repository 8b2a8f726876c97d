/** Questions to all threads or to one, until everybody has answered, has ended, or time is up. */
import type { Clock } from '../../ports/clock.ts';
import type {
  NodeReply,
  NodeRequest,
  SurveyAnswer,
  SurveyQuestion,
} from '../../ports/control-bus.ts';

/** To all threads, or to one. */
export type Question = SurveyQuestion | NodeRequest;
export type QuestionAnswer = SurveyAnswer | NodeReply;

/** A thread, as a survey sees it. */
export interface Respondent {
  ask(survey: number, question: Question): void;
}

interface OpenSurvey {
  readonly waitingFor: Set<Respondent>;
  readonly answers: QuestionAnswer[];
  finish(): void;
}

export class SurveyDesk {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #open = new Map<number, OpenSurvey>();
  #serial = 0;

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  ask(
    question: Question,
    timeoutMs: number,
    respondents: Iterable<Respondent>,
  ): Promise<readonly QuestionAnswer[]> {
    this.#serial += 1;
    const id = this.#serial;
    const answers: QuestionAnswer[] = [];
    const { promise, resolve } = Promise.withResolvers<readonly QuestionAnswer[]>();
    const finish = (): void => {
      cancel();
      this.#open.delete(id);
      resolve(answers);
    };
    const cancel = this.#clock.after(timeoutMs, finish);
    const waitingFor = new Set(respondents);
    this.#open.set(id, { waitingFor, answers, finish });
    if (waitingFor.size === 0) finish();
    for (const respondent of waitingFor) respondent.ask(id, question);
    return promise;
  }

  answer(id: number, respondent: Respondent, answer: QuestionAnswer): void {
    const survey = this.#open.get(id);
    if (survey === undefined || !survey.waitingFor.delete(respondent)) return;
    survey.answers.push(answer);
    if (survey.waitingFor.size === 0) survey.finish();
  }

  /** It has ended and will not answer. */
  forget(respondent: Respondent): void {
    for (const survey of this.#open.values()) {
      if (survey.waitingFor.delete(respondent) && survey.waitingFor.size === 0) survey.finish();
    }
  }
}
