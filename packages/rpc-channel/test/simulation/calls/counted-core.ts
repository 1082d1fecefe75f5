import { ChannelCore } from "../../../src/channel-core.ts";

/** A channel's core, and how many calls it takes to be under way. */
export class CountedCore extends ChannelCore {
  live = 0;

  override callStarted(): void {
    this.live++;
    super.callStarted();
  }

  override callEnded(): void {
    this.live--;
    super.callEnded();
  }
}
