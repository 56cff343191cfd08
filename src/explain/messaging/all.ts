import type { Explainer } from '../base/explainer';
import { AMQPLIB } from './amqplib';
import { GRPC } from './grpc';
import { KAFKAJS } from './kafkajs';
import { NATS } from './nats';
import { SOCKET_IO } from './socket-io';
import { WS } from './ws';

/** The explainers of this folder. */
export const MESSAGING: readonly Explainer[] = [AMQPLIB, NATS, KAFKAJS, GRPC, WS, SOCKET_IO];
