package config

import (
	"context"
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// Listen takes the two addresses, or says what to change.
func (c *Config) Listen(ctx context.Context) (grpc, http net.Listener, err error) {
	if grpc, err = listen(ctx, "grpc-listen", c.GRPCListen); err != nil {
		return nil, nil, err
	}
	if http, err = listen(ctx, "http-listen", c.HTTPListen); err != nil {
		return nil, nil, errors.Join(err, grpc.Close())
	}
	return grpc, http, nil
}

func listen(ctx context.Context, flag, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err == nil {
		return listener, nil
	}
	var unknown *net.DNSError
	switch {
	case errors.Is(err, unix.EADDRINUSE):
		err = fmt.Errorf("something listens on %s already, perhaps another Lottrail; stop it, or choose another port (0 takes any free one)", address)
	case errors.Is(err, unix.EACCES):
		err = fmt.Errorf("this user may not listen on %s; choose a port from 1024 up, or run with the right to use lower ones", address)
	case errors.Is(err, unix.EADDRNOTAVAIL):
		err = fmt.Errorf("%s is not an address of this machine; choose one that is, 127.0.0.1 to be reached from here alone, or no host to be reached by all", address)
	case errors.As(err, &unknown):
		err = fmt.Errorf("the host of %s is not known (%s); give an IP address of this machine", address, unknown.Err)
	}
	return nil, invalid{named(flag, err)}
}

// Exposed says whether a listener can be reached from other machines.
func Exposed(listener net.Listener) bool {
	address, ok := listener.Addr().(*net.TCPAddr)
	return ok && !address.IP.IsLoopback()
}
