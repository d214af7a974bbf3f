package server

import (
	"google.golang.org/grpc/experimental"
	"google.golang.org/grpc/mem"
)

// bufferSizes are those of the buffers that messages are written into, as powers of two.
// By default gRPC has none between 32 KiB and 1 MiB, and so a MiB for each part of a
// long answer.
var bufferSizes = []uint8{8, 12, 14, 15, 16, 17, 18, 20}

func init() {
	pool, err := mem.NewBinaryTieredBufferPool(bufferSizes...)
	if err != nil {
		panic(err)
	}
	experimental.SetDefaultBufferPool(pool)
}
