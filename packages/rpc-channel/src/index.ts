// A channel, and what it is made of.
export { createInMemoryChannel, insecureChannel, secureChannel } from "./channel.ts";
export type { Channel, InMemoryPort, InMemoryServer } from "./channel.ts";
export type { ChannelOptions } from "./channel-options.ts";
export { waitForReady } from "./wait-for-ready.ts";
export { requestCompression } from "./request-compression.ts";
export type { RequestCompression } from "./request-compression.ts";
export { nestedCall } from "./nested-call.ts";
export { SubchannelPool } from "./subchannel/pool.ts";
export type { Logger } from "./logger.ts";

// Who the servers are, and who calls them.
export { tlsCredentials, tlsCredentialsFromFiles } from "./credentials/channel-credentials.ts";
export type {
  ChannelCredentials,
  TlsFileOptions,
  TlsOptions,
} from "./credentials/channel-credentials.ts";
export { callCredentials } from "./credentials/call-credentials.ts";
export type { CallCredentials, CredentialsContext } from "./credentials/call-credentials.ts";
export { bearerToken } from "./credentials/bearer-token.ts";
export type { BearerTokenOptions, Token } from "./credentials/bearer-token.ts";

// Finding servers.
export { staticResolver } from "./resolver/static.ts";
export type { StaticOptions } from "./resolver/static.ts";
export { createManualResolver } from "./resolver/manual.ts";
export type { ManualResolver } from "./resolver/manual.ts";
export type { DnsOptions } from "./resolver/dns.ts";
export type {
  Resolution,
  ResolvedServiceConfig,
  Resolver,
  ResolverHost,
  ResolverListener,
  ResolverWatch,
} from "./resolver/resolver.ts";
export type { OwnTarget } from "./target.ts";
export type { Address, TcpAddress, UnixAddress } from "./address.ts";
export type { Attributes, Endpoint } from "./endpoint.ts";

// Spreading calls over them.
export { pickFirst } from "./balancer/pick-first.ts";
export type { PickFirstOptions } from "./balancer/pick-first.ts";
export { rotatingPicker, roundRobin } from "./balancer/round-robin.ts";
export { leastRequest } from "./balancer/least-request.ts";
export type { LeastRequestOptions } from "./balancer/least-request.ts";
export { healthChecking } from "./balancer/health-checking.ts";
export type { HealthCheckingOptions } from "./balancer/health-checking.ts";

// Balancers of one's own.
export { shardedBalancer } from "./balancer/endpoint-shards.ts";
export type { ReadyShard, ShardedOptions } from "./balancer/endpoint-shards.ts";
export type {
  Balancer,
  BalancerHost,
  BalancerPolicy,
  BalancerState,
  BalancerUpdate,
} from "./balancer/balancer.ts";
export { failingPicker, fixedPicker, waitingPicker, wakingPicker } from "./balancer/picker.ts";
export type {
  CallOutcome,
  DropPick,
  FailPick,
  PickCall,
  Picker,
  PickResult,
  ReadyPick,
  WaitPick,
} from "./balancer/picker.ts";
export type {
  HealthListener,
  HealthWatch,
  Subchannel,
  SubchannelListener,
} from "./balancer/subchannel.ts";
export type { ConnectivityState } from "./connectivity.ts";
export type { Timer, Timers } from "./timers.ts";

// Service configs.
export { ServiceConfigError } from "./service-config/service-config-error.ts";
export type { BalancerFromConfig, BalancerTable } from "./service-config/parse.ts";
export type { JsonField } from "./service-config/json-field.ts";
