import type { Peer } from "../peer.ts";
import { grpcGo } from "./grpc-go.ts";
import { grpcJava } from "./grpc-java.ts";

/** The implementations that ours is tried with. */
export const peers: readonly Peer[] = [grpcGo, grpcJava];
