/**
 * The deadlines of one connection, all in one place on the wheel: authenticate in time, pings and
 * their answers, expiry of the identity and its grace. Decides when; the session does.
 */
import type { Heartbeat } from '../ports/connection-handler.ts';
import { WHEEL_TICK_MS, WheelEntry } from './timer-wheel.ts';
import type { TimerWheel } from './timer-wheel.ts';

export interface TimedSession {
  handleStale(): void;
  sendPing(): void;
  handleNoPong(): void;
  /** @returns ms until the identity really ends (the wall clock may have moved), 0 or less: now. */
  remainingLifeMs(): number;
  handleExpiring(): void;
  handleExpired(): void;
}

/** Years of ticks, and yet an integer that V8 keeps in place: a larger one is an object of its own. */
const NEVER = 0x7fff_ffff;

export class SessionTimer extends WheelEntry {
  readonly #session: TimedSession;
  readonly #wheel: TimerWheel;
  #state: 'authenticating' | 'ready' | 'stopped' = 'authenticating';
  #heartbeat: Heartbeat | undefined = undefined;
  #pingTick = NEVER;
  #lastFrameTick = 0;
  /** Tick of the first ping since anything came in; -1: the peer has answered. */
  #unansweredTick = -1;
  #expiryTick = NEVER;
  #graceTicks = 0;
  #isExpiring = false;

  constructor(session: TimedSession, wheel: TimerWheel) {
    super();
    this.#session = session;
    this.#wheel = wheel;
  }

  startAuthentication(withinMs: number): void {
    this.#wheel.schedule(this, withinMs);
  }

  /** `spread` in [0, 1): the first ping comes in [interval/2, interval), so that a storm of connects is no storm of pings. */
  startHeartbeat(heartbeat: Heartbeat, spread: number): void {
    this.#state = 'ready';
    this.#heartbeat = heartbeat;
    this.#lastFrameTick = this.#wheel.tick;
    if (heartbeat.intervalMs > 0) {
      this.#pingTick = this.#wheel.tickAfter((heartbeat.intervalMs * (1 + spread)) / 2);
    }
    this.#reschedule();
  }

  /** `afterMs` undefined: the identity does not end. */
  setExpiry(afterMs: number | undefined, graceMs: number): void {
    this.#graceTicks = Math.ceil(graceMs / WHEEL_TICK_MS);
    this.#expiryTick = afterMs === undefined ? NEVER : this.#wheel.tickAfter(Math.max(0, afterMs));
    this.#isExpiring = false;
    this.#reschedule();
  }

  handleFrame(): void {
    this.#lastFrameTick = this.#wheel.tick;
    this.#unansweredTick = -1;
  }

  stop(): void {
    this.#state = 'stopped';
    this.#wheel.cancel(this);
  }

  handleTimer(): void {
    if (this.#state === 'authenticating') {
      this.#session.handleStale();
      return;
    }
    const { tick } = this.#wheel;
    if (tick >= this.#expiryTick && this.#expire()) return;
    if (tick >= this.#deathTick()) {
      this.#session.handleNoPong();
      return;
    }
    if (tick >= this.#pingTick) this.#ping(tick);
    this.#reschedule();
  }

  #ping(tick: number): void {
    const heartbeat = this.#heartbeat;
    if (heartbeat === undefined) return;
    this.#session.sendPing();
    if (this.#unansweredTick < 0) this.#unansweredTick = tick;
    this.#pingTick = tick + Math.max(1, Math.round(heartbeat.intervalMs / WHEEL_TICK_MS));
  }

  /** @returns true when the session is over. */
  #expire(): boolean {
    if (this.#isExpiring) {
      this.#session.handleExpired();
      return true;
    }
    const remainingMs = this.#session.remainingLifeMs();
    if (remainingMs > 0) {
      this.#expiryTick = this.#wheel.tickAfter(remainingMs);
      return false;
    }
    this.#isExpiring = true;
    this.#expiryTick = this.#wheel.tick + this.#graceTicks;
    this.#session.handleExpiring();
    return false;
  }

  /**
   * Silence of `timeoutMs` ends the connection, but never sooner than a ping could be answered: a
   * time-out shorter than the interval counts from the ping, a longer one from the last frame.
   */
  #deathTick(): number {
    const heartbeat = this.#heartbeat;
    if (heartbeat === undefined || heartbeat.timeoutMs <= 0 || this.#unansweredTick < 0) {
      return NEVER;
    }
    const timeoutTicks = Math.ceil(heartbeat.timeoutMs / WHEEL_TICK_MS);
    const answerTicks = Math.ceil(
      Math.min(heartbeat.timeoutMs, heartbeat.intervalMs) / WHEEL_TICK_MS,
    );
    return Math.max(this.#lastFrameTick + timeoutTicks, this.#unansweredTick + answerTicks);
  }

  #reschedule(): void {
    // The session may have been ended from within one of its own deadlines.
    if (this.#state !== 'ready') return;
    const dueTick = Math.min(this.#pingTick, this.#deathTick(), this.#expiryTick);
    if (dueTick === NEVER) this.#wheel.cancel(this);
    else this.#wheel.scheduleAt(this, dueTick);
  }
}
