module privet.test/bench/server

go 1.24
