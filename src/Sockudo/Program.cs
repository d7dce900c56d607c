Console.WriteLine("sockudo");
