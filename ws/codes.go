package ws

import "github.com/gorilla/websocket"

// The message types, as gorilla numbers them (RFC 6455, section 11.8).
const (
	TextMessage   = websocket.TextMessage
	BinaryMessage = websocket.BinaryMessage
	CloseMessage  = websocket.CloseMessage
	PingMessage   = websocket.PingMessage
	PongMessage   = websocket.PongMessage
)

// The close codes (RFC 6455, section 7.4, and IANA's registry).
const (
	CloseNormalClosure           = websocket.CloseNormalClosure
	CloseGoingAway               = websocket.CloseGoingAway
	CloseProtocolError           = websocket.CloseProtocolError
	CloseUnsupportedData         = websocket.CloseUnsupportedData
	CloseNoStatusReceived        = websocket.CloseNoStatusReceived // of a close frame without a code; never on the wire
	CloseAbnormalClosure         = websocket.CloseAbnormalClosure  // of a connection that ended without a close frame; never on the wire
	CloseInvalidFramePayloadData = websocket.CloseInvalidFramePayloadData
	ClosePolicyViolation         = websocket.ClosePolicyViolation
	CloseMessageTooBig           = websocket.CloseMessageTooBig
	CloseMandatoryExtension      = websocket.CloseMandatoryExtension
	CloseInternalServerErr       = websocket.CloseInternalServerErr
	CloseServiceRestart          = websocket.CloseServiceRestart
	CloseTryAgainLater           = websocket.CloseTryAgainLater
	CloseBadGateway              = 1014
)

// onWire reports whether a close frame may hold code.
func onWire(code int) bool {
	switch code {
	case 1004, CloseNoStatusReceived, CloseAbnormalClosure:
		return false
	}
	return code >= CloseNormalClosure && code <= CloseBadGateway || code >= 3000 && code <= 4999
}

func isControl(messageType int) bool {
	return messageType == CloseMessage || messageType == PingMessage || messageType == PongMessage
}

func isData(messageType int) bool { return messageType == TextMessage || messageType == BinaryMessage }
