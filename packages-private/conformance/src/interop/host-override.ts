/** The name that gRPC's certificate for tests, `server1.pem`, is good for. */
export const HOST_OVERRIDE = "foo.test.google.fr";
