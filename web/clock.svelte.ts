// What time is it for the eye? Two beats, so that only what changes by tenths is drawn by tenths.
import { ServiceClock } from './live.ts';

export class Beat {
  readonly service = new ServiceClock();
  /** The service's now, ten times a second. */
  tenth = $state(this.service.now());
  /** The service's now, once a second. */
  second = $state(this.tenth);
  #timer: ReturnType<typeof setInterval> | undefined;

  start(): () => void {
    this.#timer = setInterval(() => this.#beat(), 100);
    return () => clearInterval(this.#timer);
  }

  /** After the service's clock was heard: at once, without waiting for the beat. */
  sync(): void {
    this.tenth = this.service.now();
    this.second = this.tenth;
  }

  #beat(): void {
    if (document.hidden) return;
    this.tenth = this.service.now();
    if (Math.floor(this.tenth) !== Math.floor(this.second)) this.second = this.tenth;
  }
}
