/** What a call is doing, for who asks why it took so long. */
export const phases = {
  STARTING: "it began",
  CREDENTIALS: "fetching call credentials",
  PICKING: "",
  QUEUED: "waiting for one of the server's streams",
  ATTEMPTING: "waiting for the response",
  RESPONDING: "receiving the response",
  BACKING_OFF: "waiting to try again",
} as const;
export type Phase = keyof typeof phases;
