/** How ports are called. */
import type { Protocol } from "../../model/policy.ts";

/** The name of a backend's port, the same in the pods, the Service and the EndpointSlices. */
export function portName(protocol: Protocol): string {
  return protocol;
}

/** What mesh and gateway are told of the port; undefined where nothing but the transport is known. */
export function applicationProtocol(protocol: Protocol): string | undefined {
  switch (protocol) {
    case "http":
    case "https":
      return protocol;
    case "h2c":
    case "grpc":
      return "kubernetes.io/h2c";
    case "grpcs":
      return "https";
    case "tcp":
    case "udp":
      return undefined;
  }
}

export function transport(protocol: Protocol): "TCP" | "UDP" {
  return protocol === "udp" ? "UDP" : "TCP";
}
